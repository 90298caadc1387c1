// A pointer in a union is followed by a probe read: the verifier takes it for what the union's first member has there.
// needs fentry
// calls probe_read 2
struct data_t { u64 length; char text[16]; };
BPF_PERF_OUTPUT(events);
KFUNC_PROBE(vfs_iter_read, struct file *file, struct iov_iter *to) {
  struct data_t data = {};
  const struct kvec *kvec = to->kvec;
  data.length = kvec->iov_len + file->f_inode->i_ino;
  bpf_probe_read_user(data.text, sizeof(data.text), kvec->iov_base);
  events.perf_submit(ctx, &data, sizeof(data));
  return 0;
}
