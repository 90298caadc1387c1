// runqlat - how long tasks that could run waited for a CPU, as a histogram.
#include "tool.h"

TOOL("Show the time that tasks wait in run queues, as a histogram.");
INTRO("Tracing run queue latency... Hit Ctrl-C to end.");
INTERVAL(0);
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
OPTION(bool, by_process, 'P', "pids", "a histogram for each process");

struct section {
  pid_t pid SECTION("pid") SHOWN_IF(by_process);
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
PER_KEY(u32, u64, queued, 10240);

SONDE_INLINE int enqueue(struct task_struct *task) {
  if (task->pid && is_wanted_task(task)) keep_for(queued, task->pid, bpf_ktime_get_ns());
  return 0;
}

ON_RAW_TRACEPOINT(sched_wakeup) { return enqueue((struct task_struct *)ctx->args[0]); }
ON_RAW_TRACEPOINT(sched_wakeup_new) { return enqueue((struct task_struct *)ctx->args[0]); }
ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  if (state_of(prev) == 0) enqueue(prev);
  u64 since;
  if (!take_of(queued, (u32)next->pid, &since)) return 0;
  u64 waited = bpf_ktime_get_ns() - since;
  struct section section = {};
  if (by_process) section.pid = pid_of(next);
  count_in(dist, &section, waited / (milliseconds ? 1000000 : 1000));
  return 0;
}
