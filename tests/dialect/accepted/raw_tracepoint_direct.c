// Without a variable in between, which BCC does not see.
// calls probe_read 1
RAW_TRACEPOINT_PROBE(sched_switch) { return ((struct task_struct *)ctx->args[1])->pid; }
