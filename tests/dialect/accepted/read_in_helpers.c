// Helper functions: defined after their use, called with kernel and own memory, called twice.
static int flags_of(struct file *file);
static int length_of(const struct qstr *name) { return name->len; }
int program(struct pt_regs *ctx, struct file *file, struct dentry *dentry) {
  struct qstr own = {};
  return length_of(&own) + length_of(&dentry->d_name) + flags_of(file);
}
static int flags_of(struct file *file) { return file->f_flags + file->f_inode->i_mode; }
