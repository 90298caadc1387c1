// lookup_or_init is never NULL: where there is no room, the program returns 0. lookup_or_try_init may be NULL.
// calls lookup 4
// calls update 2
BPF_HASH(counts, u32, u64);
int program(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid();
  u64 zero = 0, *count = counts.lookup_or_init(&pid, &zero);
  (*count)++;
  return 1;
}
int careful(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid();
  u64 zero = 0, *count = counts.lookup_or_try_init(&pid, &zero);
  if (count) (*count)++;
  return 1;
}
