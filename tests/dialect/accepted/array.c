// BPF_ARRAY with every number of arguments: the key is an int.
// map one array type 2 key 4 value 8 entries 10240
// map two array type 2 key 4 value 16 entries 10240
// map three array type 2 key 4 value 1 entries 3
struct pair_t { u64 a, b; };
BPF_ARRAY(one);
BPF_ARRAY(two, struct pair_t);
BPF_ARRAY(three, u8, 3);
int program(struct pt_regs *ctx) {
  int index = 2;
  u8 *flag = three.lookup(&index);
  return flag ? *flag : 0;
}
