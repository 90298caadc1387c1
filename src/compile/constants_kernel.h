// Constants that only the kernel's own headers have. Read by scripts/make_constants.py; each must be the same on every
// kernel from 6.1 on, or be left to BTF.

// linux/stddef.h, linux/kernel.h
#define true 1
#define false 0
#define READ 0
#define WRITE 1

// vdso/time64.h
#define MSEC_PER_SEC 1000L
#define USEC_PER_MSEC 1000L
#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define USEC_PER_SEC 1000000L
#define NSEC_PER_SEC 1000000000L
