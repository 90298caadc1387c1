// An event that this kernel does not have compiles as long as nothing of it is read; loading is another matter.
// load tracepoint__nosuch__event tracepoint
TRACEPOINT_PROBE(nosuch, event) {
  bpf_trace_printk("never\n");
  return 0;
}
