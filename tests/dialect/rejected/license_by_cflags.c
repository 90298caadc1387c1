// The licence is the source's affair.
// cflags -DBPF_LICENSE=MIT
// error: BPF_LICENSE cannot be specified through cflags
int program(struct pt_regs *ctx) { return 0; }
