// What the program itself finds wrong.
// error 4:2: "a kernel of the future is needed"
#if LINUX_VERSION_CODE < KERNEL_VERSION(99, 0, 0)
#error "a kernel of the future is needed"
#endif
int program(struct pt_regs *ctx) { return 0; }
