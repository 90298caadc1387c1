// BCC up to 0.26 had no module in these names.
// needs fentry
// program kfunc__vfs_read hook fentry:vmlinux:vfs_read auto
// program kretfunc__vfs_read hook fexit:vmlinux:vfs_read auto
int kfunc__vfs_read(unsigned long long *ctx) { return 0; }
int kretfunc__vfs_read(unsigned long long *ctx) { return 0; }
