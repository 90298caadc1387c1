// Inline assembly that BPF's assembler does not know.
// error 5:3: inline assembly: invalid register/token name
// hint: BPF's assembler writes r1 = r2, w0 += 1, r1 = *(u64 *)(r2 + 8), call 14, goto +2; operands go into "r" or "i"
int program(struct pt_regs *ctx) {
  asm volatile("mov %0, 1" ::"r"(ctx));
  return 0;
}
