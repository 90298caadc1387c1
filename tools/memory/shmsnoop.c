// shmsnoop - one row for each call for System V shared memory: shmget(2), shmat(2), shmdt(2), shmctl(2).
#include "tool.h"

TOOL("Trace calls for System V shared memory.");
OPTION(bool, timestamp, 'T', "timestamp", "show the time since the start");
OPTION(comm_t, name, 'n', "name", "only commands with this in their names") VALUE("NAME");
OVERHEAD("Two hooks for each call for shared memory, which is rare.");
EXAMPLE("sonde shmsnoop -p 181", "which segments process 181 makes and attaches");
SESSION("sonde shmsnoop",
        "PID    COMM                SYS              RET ARGs\n"
        "232    python3          SHMGET                0 key: 0x0, size: 65536, shmflg: 0x380 (IPC_CREAT|0600)\n"
        "232    python3           SHMAT     7f806693d000 shmid: 0x0, shmaddr: 0x0, shmflg: 0x0\n"
        "232    python3           SHMDT                0 shmaddr: 0x7f806693d000\n"
        "232    python3          SHMCTL                0 shmid: 0x0, cmd: 0 (IPC_RMID), buf: 0x0");

enum shm_kind { SHMGET, SHMAT, SHMDT, SHMCTL };
// Read by shmsnoop.types.cc, by the names of its members.
typedef struct {
  enum shm_kind kind;
  u32 flags;   // of shmctl(2): the command
  u64 id;      // key or shmid
  u64 number;  // size or address
} shm_call_t;

typedef char call_name_t[8];
struct event {
  timestamp_t ts COLUMN("TIME(s)", -13) DIGITS(9) SHOWN_IF(timestamp);
  pid_t pid COLUMN("PID", -6) SHOWN_UNLESS(tid);
  pid_t tid COLUMN("TID", -6) SHOWN_IF(tid);
  comm_t comm COLUMN("COMM", -16);
  call_name_t call COLUMN("SYS", 6);
  hex_t ret COLUMN("RET", 16);
  shm_call_t args COLUMN("ARGs", 0);
};
ROWS(events, struct event);
PER_THREAD(shm_call_t, pending);

SONDE_INLINE int begin(u32 kind, u64 id, u64 number, u32 flags) {
  if (!is_wanted() || !comm_has(name)) return 0;
  shm_call_t call = {.kind = kind, .flags = flags, .id = id, .number = number};
  per_thread_store(pending, call);
  return 0;
}

SONDE_INLINE struct event *end(u64 result) {
  shm_call_t call;
  if (!per_thread_pop(pending, &call)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, tid, comm);
  event->ret = result;
  event->args = call;
  return event;
}

#define RETURNS(name, shown)                           \
  ON_SYSCALL_RETURN(name) {                            \
    struct event *event = end(RETURNED);               \
    if (!event) return 0;                              \
    __builtin_memcpy(event->call, shown, sizeof(shown)); \
    send_row(events, event);                           \
    return 0;                                          \
  }

ON_SYSCALL(shmget, int key, u64 size, int flags) { return begin(SHMGET, (u32)key, size, flags); }
RETURNS(shmget, "SHMGET")
ON_SYSCALL(shmat, int id, u64 address, int flags) { return begin(SHMAT, (u32)id, address, flags); }
RETURNS(shmat, "SHMAT")
ON_SYSCALL(shmdt, u64 address) { return begin(SHMDT, 0, address, 0); }
RETURNS(shmdt, "SHMDT")
ON_SYSCALL(shmctl, int id, int command, u64 buffer) { return begin(SHMCTL, (u32)id, buffer, command); }
RETURNS(shmctl, "SHMCTL")
