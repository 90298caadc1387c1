// Floating point.
// error 6:16: BPF has no floating point
// hint: count in integers: multiply before you divide, or divide where the results are shown

int program(struct pt_regs *ctx) {
  return 1.5 * ctx->di;
}
