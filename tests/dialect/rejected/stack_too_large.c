// More than 512 bytes of stack.
// error 7:1: the stack limit is exceeded
// hint: a BPF program has 512 bytes of stack: move large structs into a BPF_PERCPU_ARRAY of one entry
struct big_t { char text[600]; };
BPF_PERF_OUTPUT(events);

int program(struct pt_regs *ctx) {
  struct big_t big = {};
  bpf_probe_read_kernel(&big, sizeof(big), (void *)ctx->di);
  events.perf_submit(ctx, &big, sizeof(big));
  return 0;
}
