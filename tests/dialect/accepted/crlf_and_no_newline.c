// Lines that end as on Windows.
int program(struct pt_regs *ctx) {
  return 0; }