// A map macro without a name.
// error 3:1: a map needs a name
BPF_HASH();
int program(struct pt_regs *ctx) { return 0; }
