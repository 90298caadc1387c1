// BPF_PERF_ARRAY: hardware counters, read by CPU.
// map counters perf_array type 4 key 4 value 4 entries 8
// calls perf_event_read 1
// calls perf_event_read_value 1
BPF_PERF_ARRAY(counters, 8);
BPF_HASH(values, u32, struct bpf_perf_event_value);
int program(struct pt_regs *ctx) {
  struct bpf_perf_event_value value = {};
  u64 old = counters.perf_read(CUR_CPU_IDENTIFIER);
  if (counters.perf_counter_value(CUR_CPU_IDENTIFIER, &value, sizeof(value)) < 0) return 0;
  u32 key = old;
  values.update(&key, &value);
  return 0;
}
