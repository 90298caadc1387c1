// A kernel struct copied by value, and pointers read through in the copy.
int program(struct pt_regs *ctx, struct file *file) {
  struct path path = file->f_path;
  struct qstr name = path.dentry->d_name;
  return name.len + path.mnt->mnt_flags;
}
