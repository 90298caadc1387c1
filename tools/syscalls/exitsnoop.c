// exitsnoop - one row for each process that ends: how old it became, and how it ended.
#include "tool.h"

TOOL("Trace processes that end, with their age and the reason.");
OPTION(bool, timestamp, 't', "timestamp", "show the time of day");
OPTION(bool, utc, 0, "utc", "the time in UTC; goes with -t");
OPTION(comm_t, label, 0, "label", "a first column with this text") VALUE("LABEL");
OPTION(bool, failed, 'x', "failed", "only what did not end with 0");
OPTION(bool, per_thread, 0, "per-thread", "threads, not only whole processes");
OVERHEAD("A hook at the end of each thread.");
EXAMPLE("sonde exitsnoop -x", "only those that failed");
EXAMPLE("sonde exitsnoop -p 181", "when and how process 181 ends");
SESSION("sonde exitsnoop",
        "PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE\n"
        "sleep            194     193     194     0.29    0\n"
        "ls               195     193     195     0.07    code 2\n"
        "sh               193     175     193     0.54    signal 9 (KILL)");

struct event {
  clock_ms_t at COLUMN("TIME-{zone}", -12) SHOWN_IF(timestamp) SHOWN_UNLESS(utc);
  utc_clock_ms_t at_utc COLUMN("TIME-UTC", -12) SHOWN_IF(timestamp) SHOWN_IF(utc);
  comm_t tag COLUMN("LABEL", -5) SHOWN_IF(label);
  comm_t comm COLUMN("PCOMM", -16);
  pid_t pid COLUMN("PID", -7);
  pid_t ppid COLUMN("PPID", -7);
  pid_t tid COLUMN("TID", -7);
  duration_ns_t age COLUMN("AGE(s)", -7) UNIT("s") DIGITS(2);
  exit_code_t code COLUMN("EXIT_CODE", -10);
};
ROWS(events, struct event);

ON_RAW_TRACEPOINT(sched_process_exit) {
  struct task_struct *task = (struct task_struct *)ctx->args[0];
  if (!is_wanted_task(task) || (!per_thread && task->pid != task->tgid)) return 0;
  u32 code = task->exit_code;
  if (failed && !code) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  u64 now = bpf_ktime_get_ns();
  event->at = event->at_utc = now;
  for (u32 i = 0; i < TASK_COMM_LEN; i++) event->tag[i] = label[i];
  bpf_probe_read_kernel(event->comm, sizeof(event->comm), task->comm);
  event->pid = pid_of(task);
  event->ppid = pid_of(task->real_parent);
  event->tid = tid_of(task);
  event->age = now - task->start_time;
  event->code = code;
  send_row(events, event);
  return 0;
}
