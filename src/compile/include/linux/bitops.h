// Bits by number. Loads only: nothing here writes.
#pragma once

#define BIT_MASK(nr) (1UL << ((unsigned long)(nr) % 64))
#define BIT_WORD(nr) ((unsigned long)(nr) / 64)
#define BITS_TO_LONGS(nr) (((unsigned long)(nr) + 63) / 64)
#define BITS_PER_TYPE(type) (sizeof(type) * 8)
#define test_bit(nr, addr) ((int)(1UL & (((const unsigned long *)(addr))[BIT_WORD(nr)] >> ((nr) & 63))))
#define fls(x) ((x) ? 32 - __builtin_clz((u32)(x)) : 0)
#define fls64(x) ((x) ? 64 - __builtin_clzll((u64)(x)) : 0)
#define __fls(x) (63 - __builtin_clzl(x))
#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
#define hweight32(x) ((unsigned int)__builtin_popcount(x))
#define hweight64(x) ((unsigned long)__builtin_popcountll(x))
#define hweight_long(x) hweight64(x)
#define rol32(word, shift) (((u32)(word) << ((shift) & 31)) | ((u32)(word) >> (-(shift) & 31)))
#define ror32(word, shift) (((u32)(word) >> ((shift) & 31)) | ((u32)(word) << (-(shift) & 31)))
#define rol64(word, shift) (((u64)(word) << ((shift) & 63)) | ((u64)(word) >> (-(shift) & 63)))
