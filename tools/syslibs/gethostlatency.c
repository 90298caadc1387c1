// gethostlatency - one row for each host name that a process looks up through libc: which, and how long it took.
#include "tool.h"

TOOL("Trace look-ups of host names with their latency.");
OPTION(path_t, libc, 'l', "libc", "the C library to trace") VALUE("PATH") = "c";
OVERHEAD("A trap into the kernel for each look-up, a few microseconds: little beside a question to a name server.");
EXAMPLE("sonde gethostlatency", "who asks for which name, and how long it takes");
SESSION("sonde gethostlatency",
        "TIME      PID     COMM                  LATms HOST\n"
        "22:52:50  246     getent                43.25 localhost\n"
        "22:52:50  245     python3               23.70 example.com");

struct event {
  wall_time_t at COLUMN("TIME", -9);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  duration_ns_t latency COLUMN("LATms", 10) UNIT("ms") DIGITS(2);
  string_t host COLUMN("HOST", 0);
};
ROWS(events, struct event);

struct call {
  const char *host;
  u64 begun;
};
PER_THREAD(struct call, pending);

SONDE_INLINE int begin(const char *host) {
  struct call call = {host, bpf_ktime_get_ns()};
  if (host && is_wanted()) per_thread_store(pending, call);
  return 0;
}

SONDE_INLINE int end(void) {
  struct call call;
  if (!per_thread_pop(pending, &call)) return 0;
  struct event *event = new_string_row(events, host, call.host);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->latency = event->at - call.begun;
  send_string_row(events, event, host);
  return 0;
}

ON_USER(on_getaddrinfo, "{libc}", "getaddrinfo", const char *host) { return begin(host); }
ON_USER_RETURN(after_getaddrinfo, "{libc}", "getaddrinfo") { return end(); }
OPTIONAL ON_USER(on_gethostbyname, "{libc}", "gethostbyname", const char *host) { return begin(host); }
OPTIONAL ON_USER_RETURN(after_gethostbyname, "{libc}", "gethostbyname") { return end(); }
OPTIONAL ON_USER(on_gethostbyname2, "{libc}", "gethostbyname2", const char *host) { return begin(host); }
OPTIONAL ON_USER_RETURN(after_gethostbyname2, "{libc}", "gethostbyname2") { return end(); }
