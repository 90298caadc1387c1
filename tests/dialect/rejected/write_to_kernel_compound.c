// Nor is it counted up.
// error 5:14: kernel memory can be read, not written
// error 6:17: kernel memory can be read, not written
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  file->f_pos++;
  file->f_flags |= 1;
  return 0;
}
