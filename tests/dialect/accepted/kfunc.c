// KFUNC_PROBE and KRETFUNC_PROBE: parameters with types; the kernel's verifier knows them, nothing is probe-read.
// needs fentry
// program kfunc__vmlinux__vfs_read hook fentry:vmlinux:vfs_read auto
// program kretfunc__vmlinux__vfs_read hook fexit:vmlinux:vfs_read auto
// no probe_read
BPF_HASH(seen);
KFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count, loff_t *position) {
  seen.increment(file->f_flags + count + file->f_inode->i_ino);
  return 0;
}
KRETFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count, loff_t *position, ssize_t ret) {
  if (ret > 0) seen.increment(file->f_flags, ret);
  return 0;
}
