// A trap.
// error 5:19: a BPF program cannot trap
// hint: return from the program instead
int program(struct pt_regs *ctx) {
  if (!ctx->di) { __builtin_trap(); }
  return 0;
}
