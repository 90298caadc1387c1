// Four values are more than the helper takes.
// error 5:3: bpf_trace_printk prints at most 3 values; bpf_printk prints up to 12
// warning 5:3: cannot use more than 3 conversion specifiers
int program(struct pt_regs *ctx) {
  bpf_trace_printk("%d %d %d %d\n", 1, 2, 3, 4);
  return 0;
}
