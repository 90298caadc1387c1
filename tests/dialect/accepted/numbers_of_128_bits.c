// Products and shifts of 128 bits, and multiplication that says whether it overflows.
int program(struct pt_regs *ctx) {
  unsigned __int128 product = (unsigned __int128)ctx->di * ctx->si;
  u64 scaled = product >> 32, shifted = product >> (ctx->dx & 127), raised = (product << (ctx->dx & 127)) >> 64, small;
  bool lost = __builtin_mul_overflow((u64)ctx->di, (u64)ctx->si, &small);
  s64 with_sign;
  lost |= __builtin_mul_overflow((s64)ctx->di, (s64)ctx->si, &with_sign);
  return scaled + shifted + raised + small + with_sign + lost;
}
