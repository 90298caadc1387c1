// runqlat - how long tasks that could run waited for a CPU, as a histogram.
#include "tool.h"

TOOL("Show the time that tasks wait in run queues, as a histogram.");
INTRO("Tracing run queue latency... Hit Ctrl-C to end.");
INTERVAL(0);
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
OPTION(bool, by_process, 'P', "pids", "a histogram for each process");
OPTION(bool, by_thread, 'L', "tids", "a histogram for each thread") EXCLUDES(by_process);
OPTION(bool, by_namespace, 0, "pidnss", "a histogram for each PID namespace") EXCLUDES(by_process) EXCLUDES(by_thread);
HEADING_IF(timestamp, "{time}");
OVERHEAD("Hooks at each wake-up and each switch: some hundred nanoseconds, which shows at hundreds of thousands of "
         "switches a second.");
EXAMPLE("sonde runqlat 10", "every 10 seconds how long tasks waited");
EXAMPLE("sonde runqlat -P --cgroup system.slice", "a histogram for each process of a cgroup");
SESSION("sonde runqlat 1 1",
        "Tracing run queue latency... Hit Ctrl-C to end.\n"
        "\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 0        |                                        |\n"
        "         4 -> 7          : 0        |                                        |\n"
        "         8 -> 15         : 3        |*                                       |\n"
        "        16 -> 31         : 21       |*********                               |\n"
        "        32 -> 63         : 20       |********                                |\n"
        "        64 -> 127        : 38       |****************                        |\n"
        "       128 -> 255        : 42       |******************                      |\n"
        "       256 -> 511        : 20       |********                                |\n"
        "       512 -> 1023       : 10       |****                                    |\n"
        "      1024 -> 2047       : 15       |******                                  |\n"
        "      2048 -> 4095       : 21       |*********                               |\n"
        "      4096 -> 8191       : 91       |****************************************|\n"
        "      8192 -> 16383      : 35       |***************                         |");

struct section {
  pid_t pid SECTION("pid") SHOWN_IF(by_process);
  pid_t tid SECTION("tid") SHOWN_IF(by_thread);
  u32 namespace SECTION("pidns") SHOWN_IF(by_namespace);
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
RUN_QUEUE_WAITS;

SONDE_INLINE u32 namespace_of(struct task_struct *task) {
  struct pid *pid = task->thread_pid;
  return pid->numbers[pid->level & 31].ns->ns.inum;
}

ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  u64 waited;
  if (!waited_for_cpu(prev, next, &waited)) return 0;
  u64 taken = waited / (milliseconds ? 1000000 : 1000);
  if (!by_process && !by_thread && !by_namespace) {
    count_whole(dist, taken);
    return 0;
  }
  struct section section = {};
  if (by_process) section.pid = pid_of(next);
  if (by_thread) section.tid = tid_of(next);
  if (by_namespace) section.namespace = namespace_of(next);
  count_in(dist, &section, taken);
  return 0;
}
