// A cast of a register, read through at once.
// calls probe_read 1
int kprobe__vfs_read(struct pt_regs *ctx) { return ((struct file *)PT_REGS_PARM1(ctx))->f_flags; }
