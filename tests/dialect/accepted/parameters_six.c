// Six parameters after the context, of every width and sign.
// program kprobe__vfs_read hook kprobe:vfs_read auto
// no probe_read
int kprobe__vfs_read(struct pt_regs *ctx, char a, unsigned short b, int c, unsigned int d, long e, void *f) {
  return a + b + c + d + (e == (long)f);
}
