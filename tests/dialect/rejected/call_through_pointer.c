// A function chosen when running.
// error 7:10: BPF has no calls through a pointer
// hint: call the functions by their names, in a switch; programs of a BPF_PROG_ARRAY can be called by number
int program(struct pt_regs *ctx) {
  u64 (*function)(u64) = (void *)ctx->di;

  return function(ctx->si);
}
