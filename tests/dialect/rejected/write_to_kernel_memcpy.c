// Nor copied to, nor cleared.
// error 4:3: kernel memory can be read, not written
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  memset(file, 0, 8);
  return 0;
}
