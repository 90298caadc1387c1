// CONFIG_* that every kernel with BTF has, or that leave no trace in its types and are on wherever distributions build it.
// The others are told by the kernel's types: kernel_config.cc.
#pragma once

#define __HAVE_BUILTIN_BSWAP16__
#define __HAVE_BUILTIN_BSWAP32__
#define __HAVE_BUILTIN_BSWAP64__
#define CC_USING_FENTRY
#define CONFIG_64BIT 1
#define CONFIG_BLOCK 1
#define CONFIG_BPF 1
#define CONFIG_BPF_SYSCALL 1
#define CONFIG_BPF_EVENTS 1
#define CONFIG_DEBUG_INFO_BTF 1
#define CONFIG_INET 1
#define CONFIG_MMU 1
#define CONFIG_NET 1
#define CONFIG_PERF_EVENTS 1
#define CONFIG_SMP 1
#define CONFIG_TRACEPOINTS 1

#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
#define CONFIG_X86 1
#define CONFIG_X86_64 1
#define CONFIG_X86_5LEVEL 1
#define CONFIG_DYNAMIC_MEMORY_LAYOUT 1
#define CONFIG_RANDOMIZE_BASE 1
#define CONFIG_RANDOMIZE_MEMORY 1
#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1
#elif defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
#define CONFIG_ARM64 1
#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1
#elif defined(__TARGET_ARCH_s390) || defined(__s390x__)
#define CONFIG_S390 1
#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1
#endif
