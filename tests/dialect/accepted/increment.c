// increment(key) and increment(key, n) on a hash make a missing key; elsewhere it stays missing.
// calls update 3
BPF_HASH(counts, u32);
BPF_HASH(narrow, u32, u32);
BPF_ARRAY(slots, u64, 10);
BPF_TABLE("lru_hash", u32, u64, recent, 10);
BPF_PERCPU_HASH(percpu, u32);
int program(struct pt_regs *ctx) {
  u32 key = 1;
  counts.increment(key);
  counts.increment(key, 5);
  narrow.increment(key, -1);
  slots.increment(3);
  slots.increment(3, key);
  recent.increment(key);
  percpu.increment(key);
  return 0;
}
