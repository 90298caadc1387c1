// RAW_TRACEPOINT_PROBE: the arguments are numbers; pointers among them are read through.
// program raw_tracepoint__sched_switch hook raw_tracepoint:sched_switch auto
// calls probe_read 2
RAW_TRACEPOINT_PROBE(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1];
  struct task_struct *next = (struct task_struct *)ctx->args[2];
  return prev->pid + next->tgid;
}
