// A struct does not fit into a register.
// error 4:43: 'pair' does not fit into a register: a parameter is an integer or a pointer
struct pair_t { u64 a, b; };
int kprobe__vfs_read(struct pt_regs *ctx, struct pair_t pair) { return pair.a; }
