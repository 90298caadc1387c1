// runqslower - one row for each task that waited for a CPU longer than a threshold.
#include "tool.h"

TOOL("Trace tasks that waited in a run queue longer than a threshold.");
INTRO("Tracing run queue latency higher than {min_us} us");
ARGUMENT(u64, min_us, "min_us", "microseconds; who waited longer is shown") RANGE(0, 1000000000000) = 10000;
OPTION(bool, previous, 'P', "previous", "show also the task that ran before");
OVERHEAD("Hooks at each wake-up and each switch: some hundred nanoseconds, which shows at hundreds of thousands of "
         "switches a second.");
EXAMPLE("sonde runqslower 20000", "who waited longer than 20 ms");
SESSION("sonde runqslower 1000",
        "Tracing run queue latency higher than 1000 us\n"
        "TIME     COMM             TID           LAT(us)\n"
        "22:53:01 bash             263              5063\n"
        "22:53:01 bash             264              2621\n"
        "22:53:01 gzip             262             11914\n"
        "22:53:01 gzip             263             16769");

struct wait {
  wall_time_t time COLUMN("TIME", -8);
  comm_t comm COLUMN("COMM", -16);
  pid_t tid COLUMN("TID", -6);
  duration_ns_t latency COLUMN("LAT(us)", 14) UNIT("us");
  comm_t previous_comm COLUMN("PREV COMM", -16) SHOWN_IF(previous);
  pid_t previous_tid COLUMN("PREV TID", -6) SHOWN_IF(previous);
};
ROWS(waits, struct wait);
RUN_QUEUE_WAITS;

ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  u64 waited;
  if (!waited_for_cpu(prev, next, &waited) || waited <= min_us * 1000) return 0;
  struct wait *wait = new_row(waits);
  if (!wait) return 0;
  wait->time = bpf_ktime_get_ns();
  wait->tid = tid_of(next);
  wait->latency = waited;
  bpf_probe_read_kernel(wait->comm, sizeof(wait->comm), next->comm);
  wait->previous_tid = tid_of(prev);
  bpf_probe_read_kernel(wait->previous_comm, sizeof(wait->previous_comm), prev->comm);
  send_row(waits, wait);
  return 0;
}
