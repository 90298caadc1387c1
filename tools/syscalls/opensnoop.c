// opensnoop - one row for each open(2), openat(2) and openat2(2): who, which path, what came back.
#include "tool.h"

TOOL("Trace files being opened.")
;
OPTION(bool, timestamp, 'T', "timestamp", "show the time since the start");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, failed, 'x', "failed", "only calls that failed");

struct event {
  timestamp_t ts COLUMN("TIME(s)", -14) DIGITS(9) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -6) SHOWN_IF(print_uid);
  pid_t pid COLUMN("PID", -6);
  comm_t comm COLUMN("COMM", -16);
  fd_t fd COLUMN("FD", 4);
  errno_t err COLUMN("ERR", 3);
  u32 flags;
  path_t path COLUMN("PATH", 0);
};
ROWS(events, struct event);

struct call {
  const char *path;
  u32 flags;
};
PER_THREAD(struct call, pending);

SONDE_INLINE int begin(const char *path, u32 flags) {
  if (is_wanted()) keep(pending, ((struct call){path, flags}));
  return 0;
}

SONDE_INLINE int end(long result) {
  struct call call;
  if (!take(pending, &call) || (failed && result >= 0)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->ts = bpf_ktime_get_ns();
  event->uid = current_uid();
  event->pid = current_pid();
  event->fd = result < 0 ? -1 : result;
  event->err = result < 0 ? -result : 0;
  event->flags = call.flags;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  read_user_string(event->path, call.path);
  send_row(events, event);
  return 0;
}

ON_SYSCALL(openat, int directory, const char *path, int flags) { return begin(path, flags); }
ON_SYSCALL_RETURN(openat) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(open, const char *path, int flags) { return begin(path, flags); }
OPTIONAL ON_SYSCALL_RETURN(open) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(openat2, int directory, const char *path, struct open_how *how) { return begin(path, 0); }
OPTIONAL ON_SYSCALL_RETURN(openat2) { return end(RETURNED); }
