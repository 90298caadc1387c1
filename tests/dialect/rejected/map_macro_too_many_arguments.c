// A map macro with one argument too many.
// error 3:1: too many arguments for this macro
BPF_HASH(start, u32, u64, 10, 20);
int program(struct pt_regs *ctx) { return 0; }
