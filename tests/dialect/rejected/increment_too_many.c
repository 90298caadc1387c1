// increment() with three arguments.
// error 5:26: too many arguments to function call, expected at most 2, have 3
BPF_HASH(counts, u32);
int program(struct pt_regs *ctx) {
  counts.increment(1, 2, 3);
  return 0;
}
