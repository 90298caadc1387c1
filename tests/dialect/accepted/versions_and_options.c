// LINUX_VERSION_CODE and CONFIG_ of the kernel that is meant.
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 9, 0)
#error "no kernel with BTF is so old"
#endif
#ifndef CONFIG_BPF_SYSCALL
#error "CONFIG_BPF_SYSCALL"
#endif
#if !defined(CONFIG_64BIT) || !IS_ENABLED(CONFIG_NET) || defined(CONFIG_NO_SUCH_OPTION)
#error "options"
#endif
#if !defined(__KERNEL__) || !defined(__BPF_TRACING__)
#error "macros of BCC"
#endif
int program(struct pt_regs *ctx) { return 0; }
