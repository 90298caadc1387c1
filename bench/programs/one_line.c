// The program that bench/startup runs with `sonde run`: one tracepoint, one line for each time it is hit.
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) { bpf_trace_printk("hit"); return 0; }
