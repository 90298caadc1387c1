// BPF_LRU_HASH is no macro of the dialect.
// error 6:22: unexpected type name 'u32': expected identifier
// error 6:1: type specifier missing, defaults to 'int' [-Wimplicit-int]
// hint: 'BPF_LRU_HASH' is no macro of the dialect; any kind of map is written BPF_TABLE("lru_hash", key type, leaf type, name, entries)
// error 6:14: a parameter list without types is only allowed in a function definition
BPF_LRU_HASH(recent, u32);
int program(struct pt_regs *ctx) { return 0; }
