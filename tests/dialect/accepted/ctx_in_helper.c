// The context handed to helper functions, and what they read through it: BCC loses track there.
// calls probe_read 1
static struct file *file_of(struct pt_regs *ctx) { return (struct file *)PT_REGS_PARM1(ctx); }
static int flags_of(struct pt_regs *ctx) { return file_of(ctx)->f_flags; }
int kprobe__vfs_read(struct pt_regs *ctx) { return flags_of(ctx); }
