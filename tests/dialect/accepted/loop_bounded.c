// A loop that stays one.
BPF_ARRAY(slots, u64, 64);
int program(struct pt_regs *ctx) {
  u64 sum = 0;
  for (int i = 0; i < 64; i++) {
    int key = i;
    u64 *slot = slots.lookup(&key);
    if (slot) sum += *slot;
  }
  return sum;
}
