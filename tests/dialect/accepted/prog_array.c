// BPF_PROG_ARRAY: a tail call, which returns only when it fails.
// map next prog type 3 key 4 value 4 entries 10
// calls tail_call 1
BPF_PROG_ARRAY(next, 10);
int first(struct pt_regs *ctx) {
  next.call(ctx, 2);
  bpf_trace_printk("nothing there\n");
  return 0;
}
int second(struct pt_regs *ctx) { return 0; }
