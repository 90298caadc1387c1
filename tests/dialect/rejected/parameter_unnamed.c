// A parameter without a name.
// error 3:43: arguments to BPF program definition must be named
int kprobe__vfs_read(struct pt_regs *ctx, struct file *) { return 0; }
