// KFUNC_PROBE and KRETFUNC_PROBE: parameters with types; the kernel's verifier knows them, nothing is probe-read.
// needs fentry
// program kfunc__vmlinux__vfs_read hook fentry:vmlinux:vfs_read auto
// program kretfunc__vmlinux__vfs_read hook fexit:vmlinux:vfs_read auto
// no probe_read
KFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count, loff_t *position) {
  return file->f_flags + count + file->f_inode->i_ino;
}
KRETFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count, loff_t *position, ssize_t ret) {
  return ret > 0 ? 1 : file->f_flags;
}
