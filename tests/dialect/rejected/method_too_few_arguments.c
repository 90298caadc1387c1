// update without the value.
// error 6:20: too few arguments to function call, expected 2, have 1
BPF_HASH(start, u32);
int program(struct pt_regs *ctx) {
  u32 pid = 1;
  start.update(&pid);
  return 0;
}
