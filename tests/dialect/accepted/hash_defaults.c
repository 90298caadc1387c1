// BPF_HASH with every number of arguments.
// map one hash type 1 key 8 value 8 entries 10240
// map two hash type 1 key 4 value 8 entries 10240
// map three hash type 1 key 4 value 24 entries 10240
// map four hash type 1 key 16 value 2 entries 33
struct key_t { u64 a, b; };
struct leaf_t { u64 a, b, c; };
BPF_HASH(one);
BPF_HASH(two, u32);
BPF_HASH(three, u32, struct leaf_t);
BPF_HASH(four, struct key_t, u16, 33);
