// A map of maps that does not say which maps it holds.
// error 3:1: which maps 'outer' holds is not said: BPF_ARRAY_OF_MAPS(name, "inner map", entries)
BPF_TABLE("array_of_maps", int, int, outer, 4);
int program(struct pt_regs *ctx) { return 0; }
