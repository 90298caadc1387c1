// BPF_PERCPU_HASH with every number of arguments.
// map one percpu_hash type 5 key 8 value 8 entries 10240
// map two percpu_hash type 5 key 4 value 8 entries 10240
// map three percpu_hash type 5 key 4 value 4 entries 10240
// map four percpu_hash type 5 key 4 value 4 entries 7
BPF_PERCPU_HASH(one);
BPF_PERCPU_HASH(two, u32);
BPF_PERCPU_HASH(three, u32, u32);
BPF_PERCPU_HASH(four, u32, u32, 7);
int program(struct pt_regs *ctx) {
  u64 key = 1, *seen = one.lookup(&key);
  if (seen) (*seen)++;
  return 0;
}
