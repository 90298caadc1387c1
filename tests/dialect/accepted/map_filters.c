// A Bloom filter, with and without a number of hash functions.
// needs kernel:5.16
// map seen bloom_filter type 30 key 0 value 8 entries 1000
// map pairs bloom_filter type 30 key 0 value 16 entries 64
// calls push 2
// calls peek 1
struct pair_t { u64 a, b; };
BPF_BLOOM_FILTER(seen, u64, 1000);
BPF_BLOOM_FILTER(pairs, struct pair_t, 64, 3);
int program(struct pt_regs *ctx) {
  struct pair_t pair = {1, 2};
  u64 number = 7;
  seen.push(&number);
  pairs.push(&pair);
  return seen.peek(&number);
}
