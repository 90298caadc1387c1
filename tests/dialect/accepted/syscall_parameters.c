// syscall__ programs: parameters are the system call's, behind the wrapper's registers.
// program syscall__openat hook none
// calls probe_read 4
int syscall__openat(struct pt_regs *ctx, int dfd, const char __user *filename, int flags, umode_t mode) {
  return dfd + (filename != NULL) + flags + mode;
}
