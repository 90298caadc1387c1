// Two maps of one name.
// error 5:1: redefinition of 'start'
// note 4:1: previous definition is here
BPF_HASH(start, u32);
BPF_HASH(start, u32);
int program(struct pt_regs *ctx) { return 0; }
