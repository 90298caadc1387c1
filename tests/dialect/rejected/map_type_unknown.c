// A kind of map that does not exist.
// error 3:1: unsupported map type: maps/hsah
BPF_TABLE("hsah", u32, u64, start, 64);
int program(struct pt_regs *ctx) { return 0; }
