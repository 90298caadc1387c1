// bpf_trace_printk wants its format in place.
// error 5:3: the format has to be written in the call itself: bpf_trace_printk("…")
int program(struct pt_regs *ctx) {
  const char *format = "hello\n";
  bpf_trace_printk(format);
  return 0;
}
