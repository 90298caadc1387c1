// statsnoop - one row for each stat(2), statx(2), statfs(2) and their kin: who, which path, what came back.
#include "tool.h"

TOOL("Trace stat(2) and similar system calls.");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, print_call, 's', "syscall", "show which call it was");
OPTION(bool, failed, 'x', "failed", "only calls that failed");
OVERHEAD("Two hooks for each call, about a microsecond together: to be seen where a program asks hundreds of "
         "thousands of times a second.");
EXAMPLE("sonde statsnoop -x", "what is asked for and not there");
SESSION("sonde statsnoop",
        "PID     COMM               FD ERR PATH\n"
        "202     stat                0   0 /etc/hostname\n"
        "203     stat               -1   2 /etc/none");

typedef char call_t[16];
struct event {
  timestamp_t ts COLUMN("TIME(s)", -13) DIGITS(9) SHOWN_IF(timestamp);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  s32 fd COLUMN("FD", 4);
  errno_t err COLUMN("ERR", 3);
  call_t call COLUMN("SYSCALL", -11) SHOWN_IF(print_call);
  string_t path COLUMN("PATH", 0);
};
ROWS(events, struct event);
PER_THREAD(const char *, pending);

SONDE_INLINE int begin(const char *path) {
  if (is_wanted()) per_thread_store(pending, path);
  return 0;
}

SONDE_INLINE struct event *end(int result) {
  const char *path;
  if (!per_thread_pop(pending, &path) || (failed && result >= 0)) return 0;
  struct event *event = new_string_row(events, path, path);
  if (!event) return 0;
  event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->fd = result < 0 ? -1 : result;
  event->err = result < 0 ? -result : 0;
  return event;
}

#define RETURNS(name)                                 \
  ON_SYSCALL_RETURN(name) {                           \
    struct event *event = end(RETURNED);              \
    if (!event) return 0;                             \
    __builtin_memcpy(event->call, #name, sizeof(#name)); \
    send_string_row(events, event, path);             \
    return 0;                                         \
  }

OPTIONAL ON_SYSCALL(stat, const char *path) { return begin(path); }
OPTIONAL RETURNS(stat)
OPTIONAL ON_SYSCALL(lstat, const char *path) { return begin(path); }
OPTIONAL RETURNS(lstat)
OPTIONAL ON_SYSCALL(newstat, const char *path) { return begin(path); }
OPTIONAL RETURNS(newstat)
OPTIONAL ON_SYSCALL(newlstat, const char *path) { return begin(path); }
OPTIONAL RETURNS(newlstat)
OPTIONAL ON_SYSCALL(statfs, const char *path) { return begin(path); }
OPTIONAL RETURNS(statfs)
OPTIONAL ON_SYSCALL(newfstatat, int directory, const char *path) { return begin(path); }
OPTIONAL RETURNS(newfstatat)
OPTIONAL ON_SYSCALL(fstatat64, int directory, const char *path) { return begin(path); }
OPTIONAL RETURNS(fstatat64)
OPTIONAL ON_SYSCALL(statx, int directory, const char *path) { return begin(path); }
OPTIONAL RETURNS(statx)
