// The licence is a macro of bare words.
// license Dual BSD/GPL
#define BPF_LICENSE Dual BSD/GPL
int program(struct pt_regs *ctx) { return 0; }
