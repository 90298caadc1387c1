// syscount - how many system calls there were, of which kind or by whom, and how long they took.
#include "tool.h"

TOOL("Count system calls, and sum the time that they take.");
INTRO("Tracing {failures?failed }syscalls, printing top {top}... Ctrl+C to quit.");
INTERVAL_OPTION;
OPTION(u64, parent, 'c', "ppid", "children of this process only") VALUE("PPID") RANGE(1, 4194304);
OPTION(u32, top, 'T', "top", "rows of a report") RANGE(1, 1000000) = 10;
OPTION(bool, failures, 'x', "failures", "only calls that failed");
OPTION(errno_t, error, 'e', "errno", "only calls that failed so, a number or a name: ENOENT");
OPTION(bool, latency, 'L', "latency", "show the time that they took");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
OPTION(bool, by_process, 'P', "process", "count by process, not by system call");
OPTION(bool, list, 'l', "list", "print the names of all system calls, and end") LISTS(syscall_t);
OPTION(syscall_t, only, 0, "syscall", "this system call only") = -1;
HEADING("[{time}]");
NOTES("A call is counted when it returns: what waits is not yet in the report.");
OVERHEAD("A hook, with -L two, at every system call: some hundred nanoseconds each, which shows at a million calls "
         "a second.");
EXAMPLE("sonde syscount -P -d 10", "which processes call most");
EXAMPLE("sonde syscount -L -p 181", "which calls of process 181 take how long");
SESSION("sonde syscount -i 1 -T 5",
        "Tracing syscalls, printing top 5... Ctrl+C to quit.\n"
        "[22:54:06]\n"
        "SYSCALL                   COUNT\n"
        "read                        497\n"
        "write                       482\n"
        "openat                      200\n"
        "newfstatat                  138\n"
        "mmap                        132");

struct key {
  syscall_t syscall COLUMN("SYSCALL", -22) SHOWN_UNLESS(by_process);
  pid_t pid COLUMN("PID", -6) SHOWN_IF(by_process);
};
struct value {
  comm_t comm COLUMN("COMM", -15) SHOWN_IF(by_process);
  u64 count COLUMN("COUNT", 8);
  u64 taken;
};
TABLE(counts, struct key, struct value, 10240);
COMPUTED(counts, "TIME (us)", 16, 3, "taken / 1000") SHOWN_IF(latency) SHOWN_UNLESS(milliseconds);
COMPUTED(counts, "TIME (ms)", 16, 6, "taken / 1000000") SHOWN_IF(latency) SHOWN_IF(milliseconds);
SORTED_BY(counts, count);
SORTED_BY_IF(latency, counts, taken);
LIMITED_BY(counts, top);
PER_THREAD(u64, entered);

SONDE_INLINE u32 number_of(struct pt_regs *regs) {
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
  return regs->orig_ax;
#else
  return regs->regs[8];
#endif
}

SONDE_INLINE bool is_wanted_call(void) {
  return is_wanted() && (!parent || parent_pid() == parent);
}

ONLY_IF(latency) ON_RAW_TRACEPOINT(sys_enter) {
  if (!is_wanted_call() || (only != (u32)-1 && (u32)ctx->args[1] != only)) return 0;
  per_thread_store(entered, bpf_ktime_get_ns());
  return 0;
}

ON_RAW_TRACEPOINT(sys_exit) {
  if (!is_wanted_call()) return 0;
  u64 since = 0;
  if (latency && !per_thread_pop(entered, &since)) return 0;
  long result = ctx->args[1];
  if ((failures && result >= 0) || (error && result != -error)) return 0;
  u32 number = number_of((struct pt_regs *)ctx->args[0]);
  if (only != (u32)-1 && number != only) return 0;
  struct key key = {};
  if (by_process) key.pid = current_pid();
  else key.syscall = number;
  struct value *value = entry_of(counts, &key);
  if (!value) return 0;
  if (by_process && !value->comm[0]) bpf_get_current_comm(value->comm, sizeof(value->comm));
  add_to(value->count, 1);
  if (latency) add_to(value->taken, bpf_ktime_get_ns() - since);
  return 0;
}
