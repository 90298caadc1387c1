// kprobe__sys_ with parameters: garbage in BCC since Linux 4.17, here the system call's.
// program kprobe__sys_clone hook kprobe:sys_clone auto
// calls probe_read 2
int kprobe__sys_clone(struct pt_regs *ctx, unsigned long flags, unsigned long stack) {
  return flags + stack;
}
