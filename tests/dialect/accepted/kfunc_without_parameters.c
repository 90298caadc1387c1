// A KFUNC_PROBE that looks at no argument.
// needs fentry
// program kfunc__vmlinux__vfs_read hook fentry:vmlinux:vfs_read auto
BPF_HASH(seen);
KFUNC_PROBE(vfs_read) {
  seen.increment(bpf_get_current_pid_tgid());
  return 0;
}
