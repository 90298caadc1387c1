// A leaf of a type that nobody defines.
// error 5:1: field has incomplete type 'struct nobody_defines_this'
// hint: neither the kernel ({release}) nor its loaded modules have a struct 'nobody_defines_this': another kernel may, or a module must be loaded first
// note 5:31: forward declaration of 'struct nobody_defines_this'
BPF_HASH(unknown, u32, struct nobody_defines_this);
int program(struct pt_regs *ctx) { return 0; }
