// An element of what a pointer member points to.
// calls probe_read 2
int program(struct pt_regs *ctx, struct dentry *dentry) { return dentry->d_name.name[3]; }
