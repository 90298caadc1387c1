// A warning made an error by the flags.
// cflags -Werror=unused-variable
// error 5:7: unused variable 'unused' [-Werror,-Wunused-variable]
int program(struct pt_regs *ctx) {
  int unused;
  return 0;
}
