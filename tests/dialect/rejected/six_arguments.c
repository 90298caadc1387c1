// A call with more arguments than BPF has registers.
// error 9:10: a call in BPF has at most 5 arguments
// hint: make the function static inline, or pass a struct by its address
static __noinline u64 six(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  barrier();
  return a * b + c * d + e * f;
}
int program(struct pt_regs *ctx) { u64 x = ctx->di;
  return six(x, ctx->si, ctx->dx, ctx->cx, ctx->r8, ctx->r9);
}
