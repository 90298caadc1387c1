// get_stackid on a map that holds no stacks.
// error 5:17: get_stackid only available on stacktrace maps
BPF_HASH(counts, u32);
int program(struct pt_regs *ctx) {
  return counts.get_stackid(ctx, 0);
}
