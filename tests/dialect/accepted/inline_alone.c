// `inline` without static: C looks for the real function elsewhere, and here it is this one.
// program program hook none
inline int twice(int n) { return 2 * n; }
int program(struct pt_regs *ctx) { return twice(PT_REGS_PARM1(ctx)); }
