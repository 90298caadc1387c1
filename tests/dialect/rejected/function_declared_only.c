// A function that is declared and nowhere defined.
// error 4:43: 'somewhere_else' is declared, but defined nowhere
int somewhere_else(int a);
int program(struct pt_regs *ctx) { return somewhere_else(3); }
