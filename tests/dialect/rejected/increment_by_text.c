// increment() by what is no integer.
// error 5:23: increment() wants an integer, not 'char *'
BPF_HASH(counts, u32);
int program(struct pt_regs *ctx) {
  counts.increment(1, "two");
  return 0;
}
