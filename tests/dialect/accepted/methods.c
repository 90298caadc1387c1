// lookup, update, insert and delete: what they call and give back.
// calls lookup 1
// calls delete 1
BPF_HASH(start, u32, u64);
int program(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid();
  u64 now = bpf_ktime_get_ns(), *before = start.lookup(&pid);
  if (!before) return start.insert(&pid, &now);
  if (*before > now) return start.delete(&pid);
  return start.update(&pid, &now);
}
