// Maps of maps, in every form: the inner map is named, and may come later.
// map arrays array_of_maps type 12 key 4 value 4 entries 4
// map plain hash_of_maps type 13 key 4 value 4 entries 10240
// map keyed hash_of_maps type 13 key 8 value 4 entries 10240
// map sized hash_of_maps type 13 key 8 value 4 entries 16
// map old_style hash_of_maps type 13 key 4 value 4 entries 8
// map first hash type 1 key 4 value 8 entries 8
// calls lookup 2
BPF_ARRAY_OF_MAPS(arrays, "first", 4);
BPF_HASH_OF_MAPS(plain, "first");
BPF_HASH_OF_MAPS(keyed, u64, "first");
BPF_HASH_OF_MAPS(sized, u64, "first", 16);
BPF_TABLE("hash_of_maps$first", int, int, old_style, 8);
BPF_HASH(first, u32, u64, 8);
int program(struct pt_regs *ctx) {
  int index = 1;
  u32 key = 2;
  void *inner = arrays.lookup(&index);
  if (!inner) return 0;
  u64 *value = bpf_map_lookup_elem(inner, &key);
  return value ? *value : 0;
}
