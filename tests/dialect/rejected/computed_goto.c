// A jump to a label whose address was taken.
// error 6:3: BPF has no jumps to a computed label
// hint: write a switch
int program(struct pt_regs *ctx) {
  void *labels[] = {&&first, &&second};
  goto *labels[ctx->di & 1];
first:
  return 1;
second:
  return ctx->si;
}
