// Global variables live in .data and .bss, which BCC has not.
int counter;
u64 limit = 1000;
static int hidden = 3;
struct { u32 a, b; } pair = {1, 2};
int program(struct pt_regs *ctx) {
  counter++;
  hidden += pair.b;
  if (counter > limit) pair.a = 0;
  return hidden;
}
