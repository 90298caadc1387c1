// Division of a number of 128 bits.
// error 6:18: BPF cannot divide numbers of 128 bits
// hint: divide 64-bit numbers, or shift: (u64)(wide >> 32)
int program(struct pt_regs *ctx) {
  unsigned __int128 product = (unsigned __int128)ctx->di * ctx->si;
  return product / ctx->dx;
}
