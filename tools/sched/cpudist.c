// cpudist - how long tasks were on a CPU, or off, at a stretch, as a histogram.
#include "tool.h"

TOOL("Show how long tasks run at a stretch, or stay off the CPUs, as a histogram.");
INTRO("Tracing {off_cpu?off}{!off_cpu?on}-CPU time... Hit Ctrl-C to end.");
INTERVAL(0);
OPTION(bool, off_cpu, 'O', "offcpu", "measure the time off the CPUs");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
OPTION(bool, by_process, 'P', "pids", "a histogram for each process");
OPTION(bool, by_thread, 'L', "tids", "a histogram for each thread") EXCLUDES(by_process);
OPTION(bool, include_idle, 'I', "include-idle", "the idle tasks as well");
OPTION(bool, average, 'e', "extension", "average, total and count below each histogram");
HEADING_IF(timestamp, "{time}");
OVERHEAD("A hook at each switch between tasks: some hundred nanoseconds, which shows at hundreds of thousands of "
         "switches a second.");
EXAMPLE("sonde cpudist 10 -P", "every 10 seconds a histogram for each process");
EXAMPLE("sonde cpudist -O -p 181", "how long process 181 is off the CPUs at a stretch");
SESSION("sonde cpudist 1 1",
        "Tracing on-CPU time... Hit Ctrl-C to end.\n"
        "\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 0        |                                        |\n"
        "         4 -> 7          : 0        |                                        |\n"
        "         8 -> 15         : 1        |                                        |\n"
        "        16 -> 31         : 5        |*                                       |\n"
        "        32 -> 63         : 26       |*********                               |\n"
        "        64 -> 127        : 46       |****************                        |\n"
        "       128 -> 255        : 34       |************                            |\n"
        "       256 -> 511        : 41       |**************                          |\n"
        "       512 -> 1023       : 18       |******                                  |\n"
        "      1024 -> 2047       : 11       |***                                     |\n"
        "      2048 -> 4095       : 15       |*****                                   |\n"
        "      4096 -> 8191       : 111      |****************************************|\n"
        "      8192 -> 16383      : 25       |*********                               |");

struct section {
  pid_t pid SECTION("pid") SHOWN_IF(by_process);
  pid_t tid SECTION("tid") SHOWN_IF(by_thread);
  comm_t process_comm SECTION(" ") SHOWN_IF(by_process);
  comm_t thread_comm SECTION(" ") SHOWN_IF(by_thread);
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
AVERAGE_IF(average, dist);
PER_KEY(u32, u64, started, 65536);

#define IDLE (1u << 31)

// The idle tasks of all CPUs have the number 0.
SONDE_INLINE u32 key_of(u32 tid) { return tid ? tid : IDLE | bpf_get_smp_processor_id(); }

SONDE_INLINE void begin(struct task_struct *task, u32 tid, u64 now) {
  if ((!include_idle && tid == 0) || !is_wanted_task(task)) return;
  u64 *since = per_key_get_or_create(started, key_of(tid));
  if (since) *since = now;
}

SONDE_INLINE void end(struct task_struct *task, u32 tid, u64 now) {
  u64 *place = tid || include_idle ? per_key_find(started, key_of(tid)) : NULL;
  if (!place || !*place) return;
  u64 taken = (now - *place) / (milliseconds ? 1000000 : 1000);
  *place = 0;
  if (!by_process && !by_thread) {
    count_whole(dist, taken);
    return;
  }
  struct section section = {};
  if (by_process) {
    section.pid = pid_of(task);
    bpf_probe_read_kernel(section.process_comm, sizeof(section.process_comm), task->group_leader->comm);
  }
  if (by_thread) {
    section.tid = tid_of(task);
    bpf_probe_read_kernel(section.thread_comm, sizeof(section.thread_comm), task->comm);
  }
  count_in(dist, &section, taken);
}

ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  u64 now = bpf_ktime_get_ns();
  u32 leaves = (u32)bpf_get_current_pid_tgid(), comes = next->pid;
  if (off_cpu) begin(prev, leaves, now);
  else end(prev, leaves, now);
  if (off_cpu) end(next, comes, now);
  else begin(next, comes, now);
  if (is_dead(prev)) per_key_erase(started, leaves);
  return 0;
}
