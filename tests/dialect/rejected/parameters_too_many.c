// The context and seven more: only six are in registers.
// error 3:85: too many arguments, bcc only supports in-register parameters
int kprobe__vfs_read(struct pt_regs *ctx, int a, int b, int c, int d, int e, int f, int g) { return a + g; }
