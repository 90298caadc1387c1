// BPF_LPM_TRIE with every number of arguments: longest prefix of an address.
// map one lpm_trie type 11 key 8 value 8 entries 10240 flags 1
// map two lpm_trie type 11 key 8 value 8 entries 10240 flags 1
// map three lpm_trie type 11 key 8 value 4 entries 10240 flags 1
// map four lpm_trie type 11 key 20 value 4 entries 16 flags 1
struct v4_t { u32 prefix; u32 address; };
struct v6_t { u32 prefix; unsigned char address[16]; };
BPF_LPM_TRIE(one);
BPF_LPM_TRIE(two, struct v4_t);
BPF_LPM_TRIE(three, struct v4_t, int);
BPF_LPM_TRIE(four, struct v6_t, int, 16);
int program(struct pt_regs *ctx) {
  struct v4_t key = {.prefix = 32, .address = 0x0100007f};
  int *found = three.lookup(&key);
  return found ? *found : 0;
}
