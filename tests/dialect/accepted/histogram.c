// BPF_HISTOGRAM: an array for an int key, a hash for any other, u32 and structs among them.
// map one histogram type 2 key 4 value 8 entries 64
// map unsigned_key histogram type 1 key 4 value 8 entries 64
// map by_disk histogram type 1 key 40 value 8 entries 64
// map large histogram type 1 key 40 value 8 entries 10240
// map small histogram type 2 key 4 value 8 entries 8
struct key_t { char disk[32]; u64 slot; };
BPF_HISTOGRAM(one);
BPF_HISTOGRAM(unsigned_key, u32);
BPF_HISTOGRAM(by_disk, struct key_t);
BPF_HISTOGRAM(large, struct key_t, 10240);
BPF_HISTOGRAM(small, int, 8);
int program(struct pt_regs *ctx) {
  struct key_t key = {.slot = bpf_log2l(1000)};
  by_disk.increment(key);
  one.increment(bpf_log2l(bpf_ktime_get_ns()));
  unsigned_key.atomic_increment(3);
  return 0;
}
