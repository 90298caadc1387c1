// Not even the context.
// error 3:22: arguments to BPF program definition must be named
int kprobe__vfs_read(struct pt_regs *) { return 0; }
