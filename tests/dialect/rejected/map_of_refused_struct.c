// A struct that is refused, as the value of a map, within another one.
// error 5:43: field has incomplete type 'struct nobody_defines_this'
// hint: neither the kernel ({release}) nor its loaded modules have a struct 'nobody_defines_this': another kernel may, or a module must be loaded first
// note 5:23: forward declaration of 'struct nobody_defines_this'
struct inner { struct nobody_defines_this who; };
struct begun { u64 since; struct inner all[2]; };
BPF_HASH(begun, u64, struct begun, 10);
int program(void *ctx) { u64 key = 0; struct begun *known = begun.lookup(&key); return known ? known->since : 0; }
