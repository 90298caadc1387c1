#!/usr/bin/python3
"""Says hello to every process that is started while it runs: the smallest whole tracing program. Ctrl-C ends it."""
from bcc import BPF

PROGRAM = r"""
TRACEPOINT_PROBE(sched, sched_process_fork) {
    bpf_trace_printk("Hello, process %d!", args->child_pid);
    return 0;
}
"""

b = BPF(text=PROGRAM)
print("%-12s %-16s %-8s %s" % ("TIME(s)", "PARENT", "PID", "MESSAGE"), flush=True)
seen = 0
while True:
    try:
        task, pid, cpu, flags, when, message = b.trace_fields()
    except KeyboardInterrupt:
        break
    seen += 1
    print("%-12.3f %-16s %-8d %s" % (when, task.decode(), pid, message.decode()), flush=True)
print("%d processes were started." % seen)
