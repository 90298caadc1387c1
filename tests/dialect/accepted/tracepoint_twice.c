// Two functions may take one event's record.
// tracepoint sched:sched_switch next_pid prev_pid
// load also tracepoint
TRACEPOINT_PROBE(sched, sched_switch) { return args->prev_pid; }
int also(struct tracepoint__sched__sched_switch *args) { return args->next_pid; }
