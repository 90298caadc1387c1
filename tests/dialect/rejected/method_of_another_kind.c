// perf_submit on a hash.
// error 7:9: no member named 'perf_submit' in 'struct start_table_t'
// hint: such a map has lookup, lookup_or_init, lookup_or_try_init, update, insert, delete, increment, atomic_increment, get_stackid
BPF_HASH(start, u32);
int program(struct pt_regs *ctx) {
  u32 pid = 1;
  start.perf_submit(ctx, &pid, sizeof(pid));
  return 0;
}
