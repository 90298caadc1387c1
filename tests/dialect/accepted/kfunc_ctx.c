// The context is in scope beside the parameters.
// needs fentry
BPF_PERF_OUTPUT(events);
struct data_t { u64 inode; };
KFUNC_PROBE(vfs_read, struct file *file) {
  struct data_t data = {.inode = file->f_inode->i_ino};
  events.perf_submit(ctx, &data, sizeof(data));
  return 0;
}
