// What is a program: a function with a body that is not static. Helpers and declarations are none.
// program first hook none
// program second hook none
int second(struct pt_regs *ctx);
static int helper(int a) { return a + 1; }
static inline int inline_helper(int a) { return a + 2; }
int first(struct pt_regs *ctx) { return helper(1) + inline_helper(2); }
int second(struct pt_regs *ctx) { return 0; }
