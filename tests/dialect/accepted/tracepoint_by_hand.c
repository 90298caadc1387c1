// A tracepoint program without the macro, and with a name of its own for the record.
// program tracepoint__sched__sched_process_fork hook tracepoint:sched:sched_process_fork auto
// tracepoint sched:sched_process_fork child_pid
int tracepoint__sched__sched_process_fork(struct tracepoint__sched__sched_process_fork *event) { return event->child_pid; }
