// The address of a loop's counter, and of an index that was compared, as a key: the bound stays known.
BPF_HASH(seen, u32, u64);
BPF_ARRAY(slots, u64, 8);
int program(struct pt_regs *ctx) {
  u64 one = 1, table[8] = {1, 2, 3, 4, 5, 6, 7, 8}, sum = 0;
  for (u32 k = 1; k <= 4; k++) seen.update(&k, &one);
  for (int i = 0; i < 8; i++) {
    u64 *slot = slots.lookup(&i);
    if (slot) sum += *slot;
  }
  u32 index = ctx->di;
  if (index < 8) {
    slots.update((int *)&index, &one);
    sum += table[index];
  }
  return sum;
}
