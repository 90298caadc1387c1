// Processors of BPF divide unsigned numbers alone.
// error 6:12: unsupported signed division, please convert to unsigned div/mod.
// hint: cast what may not be negative: (u64)a / (u64)b
int program(struct pt_regs *ctx) {
  long a = ctx->di, b = ctx->si;
  return a / b;
}
