// atomic_increment is one atomic instruction on what is there already.
BPF_HASH(counts, u32);
BPF_ARRAY(slots, u32, 4);
int program(struct pt_regs *ctx) {
  counts.atomic_increment(1);
  counts.atomic_increment(1, 10);
  slots.atomic_increment(2);
  slots.atomic_increment(2, -1);
  return 0;
}
