// A map's name is the map where a helper is called by hand.
// map counts hash type 1 key 4 value 8 entries 10240
// calls lookup 2
// calls update 1
BPF_HASH(counts, u32, u64);
static u64 *found(void *map, u32 *key) { return bpf_map_lookup_elem(map, key); }
int program(struct pt_regs *ctx) {
  u32 key = 1;
  u64 one = 1, *value = bpf_map_lookup_elem(&counts, &key);
  if (value) return 0;
  bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST);
  value = found(&counts, &key);
  return value ? *value : 0;
}
