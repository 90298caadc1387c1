// Parameters of type bool and enum.
enum direction { FROM, TO };
int kprobe__vfs_read(struct pt_regs *ctx, bool flag, enum direction direction, enum pid_type type) {
  return flag ? direction == TO : type == PIDTYPE_PGID;
}
