// A histogram counts in u64.
// error 3:1: histogram leaf type must be u64, got 'u32' (aka 'unsigned int')
BPF_TABLE("histogram", int, u32, dist, 64);
int program(struct pt_regs *ctx) { return 0; }
