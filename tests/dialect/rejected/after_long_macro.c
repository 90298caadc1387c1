// After map macros of many hidden lines the place is still the user's own.
// error 4:62: use of undeclared identifier 'nosuch'
// hint: 'nosuch' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dnosuch=…"]
BPF_HASH(start, u32); BPF_HISTOGRAM(dist, u32); int number = nosuch;
int program(struct pt_regs *ctx) { return 0; }
