// The registers behind a system call's wrapper.
// calls probe_read 2
int kprobe__sys_openat(struct pt_regs *ctx) {
  struct pt_regs *caller = PT_REGS_SYSCALL_CTX(ctx);
  return PT_REGS_PARM1_SYSCALL(caller) + PT_REGS_PARM4_SYSCALL(caller);
}
