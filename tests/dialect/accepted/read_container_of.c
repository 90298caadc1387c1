// container_of on a kernel pointer.
// calls probe_read 2
int program(struct pt_regs *ctx, struct qstr *name) {
  struct dentry *dentry = container_of(name, struct dentry, d_name);
  return dentry->d_flags + dentry->d_name.len;
}
