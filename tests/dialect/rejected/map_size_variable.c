// A map's size is known when it is compiled.
// error 5:1: fields must have a constant size: 'variable length array in structure' extension will never be supported
// hint: the size of a map is a constant: a number, an enumerator, or a macro given with -D
int size = 64;
BPF_HASH(start, u32, u64, size);
int program(struct pt_regs *ctx) { return 0; }
