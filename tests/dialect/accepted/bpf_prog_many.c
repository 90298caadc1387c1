// BPF_PROG with many parameters of every kind, and none.
// program many hook none
// program none hook none
// load many raw_tracepoint
// load none raw_tracepoint
int BPF_PROG(many, u64 a, int b, char *c, struct task_struct *d, bool e, u8 f, long g, void *h) {
  return a + b + (c != NULL) + (d != NULL) + e + f + g + (h != NULL);
}
int BPF_PROG(none) { return 0; }
