// Going up a chain of kernel structs.
// calls probe_read 2
int program(struct pt_regs *ctx, struct dentry *dentry) {
  int depth = 0;
#pragma nounroll
  for (int i = 0; i < 16; i++) {
    struct dentry *parent = dentry->d_parent;
    if (parent == dentry) break;
    dentry = parent;
    depth++;
  }
  return depth + dentry->d_flags;
}
