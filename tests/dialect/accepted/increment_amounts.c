// increment(key, n) with n of every width and sign, as an expression, and with a struct for a key.
struct small_t { u8 a; };
struct wide_t { u64 a, b; };
struct large_t { u64 a, b, c; };
BPF_HASH(counts);
BPF_HASH(by_small, struct small_t);
BPF_HASH(by_wide, struct wide_t);
BPF_HASH(by_large, struct large_t);
int program(struct pt_regs *ctx) {
  u32 unsigned_amount = bpf_get_current_pid_tgid();
  s16 negative = -3;
  struct small_t small = {1};
  struct wide_t wide = {1, 2};
  struct large_t large = {1, 2, 3};
  counts.increment(1, unsigned_amount);
  counts.increment(1, negative);
  counts.increment(1, bpf_ktime_get_ns() / 1000);
  counts.increment(1, unsigned_amount > 5 ? 2 : 3);
  by_small.increment(small);
  by_wide.increment(wide, unsigned_amount);
  by_large.increment(large, -1);
  return 0;
}
