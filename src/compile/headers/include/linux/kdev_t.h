// Device numbers as the kernel keeps them (dev_t), and as user space sees them.
#pragma once

#define MINORBITS 20
#define MINORMASK ((1U << MINORBITS) - 1)
#define MAJOR(dev) ((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev) ((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi) (((ma) << MINORBITS) | (mi))
#define new_encode_dev(dev) ((u32)((MINOR(dev) & 0xff) | (MAJOR(dev) << 8) | ((MINOR(dev) & ~0xff) << 12)))
#define new_decode_dev(dev) MKDEV(((dev) & 0xfff00) >> 8, ((dev) & 0xff) | (((dev) >> 12) & 0xfff00))
#define huge_encode_dev(dev) ((u64)new_encode_dev(dev))
#define huge_decode_dev(dev) new_decode_dev(dev)
#define old_encode_dev(dev) ((u16)((MAJOR(dev) << 8) | MINOR(dev)))
