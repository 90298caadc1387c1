// What is not C.
// error 6:9: expected ')'
// note 6:6: to match this '('
// error 9:1: expected statement
int program(struct pt_regs *ctx) {
  if (1 {
    return 0;
  }
}
