// The form of the kernel's samples: an array and its size.
// calls trace_printk 1
int program(struct pt_regs *ctx) {
  char format[] = "pid %d\n";
  return bpf_trace_printk(format, sizeof(format), 3);
}
