// Keys and leaves of any type: pointers, arrays within structs, typedefs, kernel structs, typeof.
// map by_pointer hash type 1 key 8 value 8 entries 10240
// map by_name hash type 1 key 16 value 8 entries 10240
// map by_typedef hash type 1 key 4 value 4 entries 10240
// map by_kernel_struct hash type 1 key 16 value 8 entries 10240
// map like_another hash type 1 key 16 value 8 entries 10240
struct name_t { char text[16]; };
struct leaf_t { struct file *file; };
typedef u32 number_t;
BPF_HASH(by_pointer, struct request *);
BPF_HASH(by_name, struct name_t, struct leaf_t);
BPF_HASH(by_typedef, number_t, pid_t);
BPF_HASH(by_kernel_struct, struct in6_addr);
BPF_HASH(like_another, typeof(by_name.key), typeof(by_name.leaf));
int program(struct pt_regs *ctx) {
  struct name_t name = {};
  struct leaf_t leaf = {};
  like_another.update(&name, &leaf);
  return 0;
}
