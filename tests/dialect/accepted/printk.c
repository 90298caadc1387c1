// bpf_trace_printk with every number of values.
// calls trace_printk 4
int program(struct pt_regs *ctx) {
  bpf_trace_printk("none\n");
  bpf_trace_printk("%d\n", 1);
  bpf_trace_printk("%s %lu\n", "text", ctx->di);
  bpf_trace_printk("%llx %u %p\n", ctx->di, 2, ctx->si);
  return 0;
}
