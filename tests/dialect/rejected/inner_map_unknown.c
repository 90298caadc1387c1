// A map of maps whose inner map does not exist, and one that holds maps of maps.
// error 6:1: the inner map 'nowhere' of 'outer' is declared nowhere
// error 8:1: inner map middle has inner map inner
BPF_HASH(inner, u32, u64);
BPF_ARRAY_OF_MAPS(middle, "inner", 2);
BPF_ARRAY_OF_MAPS(outer, "nowhere", 2);

BPF_ARRAY_OF_MAPS(top, "middle", 2);
int program(struct pt_regs *ctx) { return 0; }
