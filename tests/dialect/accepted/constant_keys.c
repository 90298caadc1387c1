// Keys and values that are const.
BPF_HASH(counts, u32, u64);
int program(struct pt_regs *ctx) {
  const u32 key = 7;
  const u64 value = 9;
  counts.update(&key, &value);
  u64 *found = counts.lookup(&key);
  if (found) counts.delete(&key);
  return 0;
}
