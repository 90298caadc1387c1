// A program without parameters.
// program program hook none
int program() { return bpf_get_prandom_u32() & 1; }
