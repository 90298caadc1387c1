// Parameters that are pointers are read through, chains as well.
// calls probe_read 3
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char __user *buffer, size_t count) {
  return file->f_inode->i_sb->s_dev + (buffer != NULL) + count;
}
