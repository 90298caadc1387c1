// Divisions in kernel macros, of numbers that may have a sign.
#include <linux/kernel.h>
static const char bits[DIV_ROUND_UP(17, 8)] = {1, 2, 3};
int program(struct pt_regs *ctx) {
  int n = ctx->di, d = ctx->si;
  short narrow = ctx->dx;
  return DIV_ROUND_UP(n, 8) + DIV_ROUND_UP(n, d) + DIV_ROUND_CLOSEST(narrow, 10) + roundup(n, 12) + rounddown(n, 12) + bits[n & 1] +
         BIT_WORD(n) + BIT_MASK(n);
}
