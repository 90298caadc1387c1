// increment() of a struct.
// error 6:3: increment() wants a map of integers; the leaf of 'counts' is none
struct leaf_t { u64 a, b; };
BPF_HASH(counts, u32, struct leaf_t);
int program(struct pt_regs *ctx) {
  counts.increment(1);
  return 0;
}
