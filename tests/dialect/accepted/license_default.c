// Without a word about it the licence is GPL.
// license GPL
int program(struct pt_regs *ctx) { return 0; }
