// A tracepoint that this kernel does not have.
// error 6:14: incomplete definition of type 'struct tracepoint__sched__sched_swich'
// hint: this kernel has no tracepoint sched:sched_swich, or tracefs is not readable; `ls /sys/kernel/tracing/events/sched` lists what there is
// note 5:1: forward declaration of 'struct tracepoint__sched__sched_swich'
TRACEPOINT_PROBE(sched, sched_swich) {
  return args->prev_pid;
}
