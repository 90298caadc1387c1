// A key of no size.
// error 4:1: invalid zero-sized key
struct nothing_t {};
BPF_HASH(empty, struct nothing_t);
int program(struct pt_regs *ctx) { return 0; }
