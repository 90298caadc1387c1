// BPF_PROG takes up to twelve parameters, each a word of the context.
// program twelve hook none
// load twelve raw_tracepoint
int BPF_PROG(twelve, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h, u64 i, u64 j, u64 k, u64 l) {
  return a + b + c + d + e + f + g + h + i + j + k + l;
}
