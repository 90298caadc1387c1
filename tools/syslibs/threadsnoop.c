// threadsnoop - one row for each thread that is made with pthread_create(3): by whom, and which function it begins
// with.
#include "tool.h"

TOOL("Trace new threads with their first function.");
OVERHEAD("A trap into the kernel for each new thread, a few microseconds.");
EXAMPLE("sonde threadsnoop -p 181", "which threads process 181 makes");
SESSION("sonde threadsnoop",
        "TIME(ms)   PID     COMM             FUNC\n"
        "688        234     python3          0x6543a0\n"
        "715        234     python3          0x6543a0");

struct event {
  timestamp_t ts COLUMN("TIME(ms)", -10) UNIT("ms");
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  user_function_t function COLUMN("FUNC", 0);
};
ROWS(events, struct event);

SONDE_INLINE int note(u64 function) {
  if (!is_wanted()) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->function.address = function;
  event->function.pid = bpf_get_current_pid_tgid() >> 32;
  send_row(events, event);
  return 0;
}

// In libc since glibc 2.34.
EITHER(create) ON_USER(in_libc, "c", "pthread_create", void *thread, void *how, u64 function) { return note(function); }
OR_ELSE(create) ON_USER(in_libpthread, "pthread", "pthread_create", void *thread, void *how, u64 function) {
  return note(function);
}
