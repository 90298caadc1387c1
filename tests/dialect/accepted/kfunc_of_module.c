// MODULE_KFUNC_PROBE and MODULE_KRETFUNC_PROBE name the module; the kernel itself is vmlinux.
// needs fentry
// program kfunc__vmlinux__vfs_write hook fentry:vmlinux:vfs_write auto
// program kretfunc__vmlinux__vfs_write hook fexit:vmlinux:vfs_write auto
// no probe_read
BPF_HASH(seen);
MODULE_KFUNC_PROBE(vmlinux, vfs_write, struct file *file, const char *buffer, size_t count) {
  seen.increment(file->f_flags + count);
  return 0;
}
MODULE_KRETFUNC_PROBE(vmlinux, vfs_write, struct file *file, const char *buffer, size_t count, loff_t *position, ssize_t ret) {
  if (ret > 0) seen.increment(file->f_flags, ret);
  return 0;
}
