// A leaf of a type name that does not exist.
// error 4:24: use of undeclared identifier 'nosuch_t'
// hint: 'nosuch_t' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dnosuch_t=…"]
BPF_HASH(unknown, u32, nosuch_t);
int program(struct pt_regs *ctx) { return 0; }
