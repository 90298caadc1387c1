// Parameters that are functions' addresses or arrays: an array is a pointer to its first element, which BCC does not take.
// calls probe_read 2
int kprobe__vfs_read(struct pt_regs *ctx, int (*callback)(struct file *), char text[16], struct file **files) {
  return (callback != NULL) + (text != NULL) + files[0]->f_flags;
}
