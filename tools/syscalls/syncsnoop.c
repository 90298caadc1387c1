// syncsnoop - one row for each call that writes cached data to disk: sync(2), fsync(2), msync(2) and their kin.
#include "tool.h"

TOOL("Trace sync(2) and similar system calls.");
OVERHEAD("Nothing but when somebody calls them.");
EXAMPLE("sonde syncsnoop", "who has the disks written, and when");
SESSION("sonde syncsnoop",
        "TIME(s)            COMM             CALL\n"
        "17.894606963       sync             sync()\n"
        "18.534879324       sync             sync()");

typedef char call_t[24];
struct event {
  boot_time_t ts COLUMN("TIME(s)", -18);
  comm_t comm COLUMN("COMM", -16);
  call_t call COLUMN("CALL", 0);
};
ROWS(events, struct event);

#define SAY(name)                                                \
  do {                                                           \
    if (!is_wanted()) return 0;                                  \
    struct event *event = new_row(events);                       \
    if (!event) return 0;                                        \
    event->ts = bpf_ktime_get_ns();                              \
    bpf_get_current_comm(event->comm, sizeof(event->comm));      \
    __builtin_memcpy(event->call, name "()", sizeof(name "()")); \
    send_row(events, event);                                     \
    return 0;                                                    \
  } while (0)

ON_SYSCALL(sync) { SAY("sync"); }
ON_SYSCALL(fsync) { SAY("fsync"); }
ON_SYSCALL(fdatasync) { SAY("fdatasync"); }
ON_SYSCALL(msync) { SAY("msync"); }
OPTIONAL ON_SYSCALL(sync_file_range) { SAY("sync_file_range"); }
OPTIONAL ON_SYSCALL(sync_file_range2) { SAY("sync_file_range2"); }
ON_SYSCALL(syncfs) { SAY("syncfs"); }
