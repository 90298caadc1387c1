// Flags of memory allocation. Those that are the same on every kernel need no header.
#pragma once

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define GFP_ATOMIC 0x820U
#else
#define GFP_ATOMIC 0xa20U
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define GFP_NOWAIT 0x2800U
#else
#define GFP_NOWAIT 0x800U
#endif
