// A leaf of no size.
// error 4:1: invalid zero-sized leaf
struct nothing_t {};
BPF_HASH(empty, u32, struct nothing_t);
int program(struct pt_regs *ctx) { return 0; }
