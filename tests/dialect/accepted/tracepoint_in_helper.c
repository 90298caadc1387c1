// The record handed to a helper function.
// tracepoint sched:sched_switch prev_pid
// no probe_read
static int pid_of(struct tracepoint__sched__sched_switch *args) { return args->prev_pid; }
TRACEPOINT_PROBE(sched, sched_switch) { return pid_of(args); }
