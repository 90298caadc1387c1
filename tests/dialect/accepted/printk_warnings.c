// What the format of bpf_trace_printk cannot hold is warned of, at the call.
// warning 8:3: cannot use several %s conversion specifiers
// warning 9:3: only %d %u %x %ld %lu %lx %lld %llu %llx %p %s conversion specifiers allowed
// warning 10:3: unrecognized character
// warning 11:3: only %d %u %x %ld %lu %lx %lld %llu %llx %p %s conversion specifiers allowed
int program(struct pt_regs *ctx) {
  bpf_trace_printk("100%% of %d\n", 1);
  bpf_trace_printk("%s %s\n", "a", "b");
  bpf_trace_printk("%f\n", 1);
  bpf_trace_printk("\x1b[31m\n");
  bpf_trace_printk("%hd\n", 1);
  return 0;
}
