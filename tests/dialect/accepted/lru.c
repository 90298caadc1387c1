// LRU maps are spelled BPF_TABLE; BPF_F_TABLE takes flags.
// map recent lru_hash type 9 key 4 value 8 entries 100
// map recent_percpu lru_percpu_hash type 10 key 4 value 8 entries 100
// map flagged hash type 1 key 4 value 8 entries 100 flags 1
BPF_TABLE("lru_hash", u32, u64, recent, 100);
BPF_TABLE("lru_percpu_hash", u32, u64, recent_percpu, 100);
BPF_F_TABLE("hash", u32, u64, flagged, 100, BPF_F_NO_PREALLOC);
int program(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  u64 one = 1;
  recent.update(&pid, &one);
  recent_percpu.update(&pid, &one);
  flagged.update(&pid, &one);
  return 0;
}
