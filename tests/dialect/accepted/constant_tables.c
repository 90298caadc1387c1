// Constant arrays, tables of strings and string pointers in .rodata.
static const int sizes[] = {1, 2, 4, 8, 16, 32, 64, 128};
static const char *const names[] = {"zero", "one", "two", "three"};
const volatile int wanted_pid = 0;
int program(struct pt_regs *ctx) {
  const char *name = "literal";
  char text[8] = {};
  unsigned index = ctx->di & 3;
  bpf_probe_read_kernel(text, sizeof(text), index & 1 ? name : "other!!");
  return sizes[ctx->si & 7] + names[2][1] + text[0] + (wanted_pid != 0);
}
