// BPF_QUEUE and BPF_STACK with and without flags, and the general BPF_QUEUESTACK.
// map waiting queue type 22 key 0 value 8 entries 16
// map flagged queue type 22 key 0 value 8 entries 16
// map piled stack type 23 key 0 value 16 entries 16
// map general stack type 23 key 0 value 4 entries 5
// calls push 4
// calls pop 1
// calls peek 1
struct pair_t { u64 a, b; };
BPF_QUEUE(waiting, u64, 16);
BPF_QUEUE(flagged, u64, 16, 0);
BPF_STACK(piled, struct pair_t, 16);
BPF_QUEUESTACK("stack", general, u32, 5, 0);
int program(struct pt_regs *ctx) {
  struct pair_t pair = {1, 2};
  u64 number = 7;
  u32 small = 1;
  waiting.push(&number, 0);
  flagged.push(&number, BPF_EXIST);
  general.push(&small, 0);
  if (piled.push(&pair, BPF_EXIST) < 0) return 0;
  if (waiting.pop(&number) != 0) return 0;
  return piled.peek(&pair);
}
