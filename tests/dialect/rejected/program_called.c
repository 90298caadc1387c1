// A helper whose argument is of the wrong kind.
// error 6:26: too many arguments to function call, expected single argument 'file', have 2 arguments
// note 4:12: 'length' declared here
static int length(struct file *file) { return file->f_inode->i_size; }
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  return length(ctx->di, 2);
}
