// The program's struct key_t, event or mount is its own, though the kernel has one of that name.
// map counts hash type 1 key 8 value 8 entries 10240
struct key_t { u32 pid; u32 slot; };
struct event { u64 a; };
struct mount { int mine; };
BPF_HASH(counts, struct key_t, struct event);
int program(struct pt_regs *ctx) {
  struct key_t key = {.pid = 1, .slot = 2};
  struct event event = {.a = 3};
  struct mount mount = {.mine = 4};
  counts.update(&key, &event);
  return mount.mine;
}
