// Where the kernel lives in the address space. With address randomisation (the default) the direct mapping begins at a
#pragma once

// number that only the running kernel knows: PAGE_OFFSET is the lowest that it can be.
#if defined(bpf_target_x86)
#define __PAGE_OFFSET_BASE_L5 0xff11000000000000UL
#define __PAGE_OFFSET_BASE_L4 0xffff888000000000UL
#define __PAGE_OFFSET __PAGE_OFFSET_BASE_L4
#define PAGE_OFFSET ((unsigned long)__PAGE_OFFSET)
#define __START_KERNEL_map 0xffffffff80000000UL
#define __PHYSICAL_MASK_SHIFT 52
#define __VIRTUAL_MASK_SHIFT 47
#endif
