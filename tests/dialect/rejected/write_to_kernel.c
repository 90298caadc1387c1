// Kernel memory is read, not written.
// error 4:17: kernel memory can be read, not written
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  file->f_flags = 0;
  return 0;
}
