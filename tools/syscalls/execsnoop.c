// execsnoop - one row for each execve(2) and execveat(2): which program, with which arguments, what came of it.
#include "tool.h"

TOOL("Trace new programs with their arguments.");
OPTION(bool, time, 'T', "time", "show the time of day");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, fails, 'x', "fails", "also calls that failed");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, cpu, 'C', "cpu", "show the CPU");
OPTION(bool, parent_comm, 'M', "parent-comm", "show the parent's command");
OPTION(bool, quote, 'q', "quote", "arguments in quotes");
OPTION(text_t, name, 'n', "name", "only commands that match") MATCHING(comm) VALUE("REGEX");
OPTION(text_t, line, 'l', "line", "only where the arguments match") MATCHING(args) VALUE("REGEX");
OPTION(u32, ppid, 'P', "ppid", "only children of this process") VALUE("PID") RANGE(1, 4194304);
OPTION(u32, max_args, 0, "max-args", "arguments to show at most") VALUE("N") RANGE(1, 1000000) = 20;
NOTES("The first argument is the file that is executed, not argv[0]. Each is shown up to 127 characters, 20 at the most.");
OVERHEAD("Two hooks for each new program, some microseconds: little beside the start of a program.");
EXAMPLE("sonde execsnoop -T", "with the time of day");
EXAMPLE("sonde execsnoop -x -u www-data", "also failures, of one user");
SESSION("sonde execsnoop",
        "PCOMM            PID     PPID    RET ARGS\n"
        "sh               188     175       0 /usr/bin/sh -c ls /etc >/dev/null; date >/dev/null; uname -r >/dev/null\n"
        "ls               189     188       0 /usr/bin/ls /etc\n"
        "date             190     188       0 /usr/bin/date\n"
        "uname            191     188       0 /usr/bin/uname -r");

struct event {
  wall_time_t at COLUMN("TIME", -8) SHOWN_IF(time);
  timestamp_t ts COLUMN("TIME(s)", -7) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -5) SHOWN_IF(print_uid);
  comm_t comm COLUMN("PCOMM", -16);
  pid_t pid COLUMN("PID", -7);
  comm_t parent COLUMN("PARENT", -16) SHOWN_IF(parent_comm);
  pid_t parent_pid COLUMN("PPID", -7);
  u32 on_cpu COLUMN("CPU", -3) SHOWN_IF(cpu);
  s32 ret COLUMN("RET", 3);
  arguments_t args COLUMN("ARGS", 0);
};
ROWS(events, struct event);

// By the process: an exec leaves the thread that called it with its leader's number.
BPF_F_TABLE("hash", u32, struct event, pending, 1024, 1 /* BPF_F_NO_PREALLOC */);
SONDE_LOST_MAP(pending);
BPF_PERCPU_ARRAY(blank, struct event, 1);

#define ROOM 128
#define LAST (20 * ROOM - ROOM)

// Each word ends where the next one begins.
SONDE_INLINE bool add_word(arguments_t *args, const char *word) {
  u32 at = args->length;
  if (at > LAST) return false;
  long length = sonde_note_unread(bpf_probe_read_user_str(args->bytes + at, ROOM, word));
  if (length > 0) args->length = at + length;
  return length > 0;
}

SONDE_INLINE int begin(const char *file, const char *const *words) {
  int zero = 0;
  struct event *first = blank.lookup(&zero);
  if (!first) return 0;
  u32 process = bpf_get_current_pid_tgid() >> 32;
  arguments_t *args = &first->args;
  args->length = 0;
  args->in_quotes = quote;
  args->has_more = 0;
  add_word(args, file);
  for (u32 i = 1; i <= 20; i++) {
    const char *word = 0;
    if (bpf_probe_read_user(&word, sizeof(word), &words[i]) || !word) break;
    if (i >= max_args || i == 20) {
      args->has_more = 1;
      break;
    }
    if (!add_word(args, word)) break;
  }
  if (pending.update(&process, first)) sonde_count_lost(&__sonde_lost_pending, 0);
  return 0;
}

SONDE_INLINE int end(int result) {
  u32 process = bpf_get_current_pid_tgid() >> 32;
  struct event *event = pending.lookup(&process);
  if (!event) return 0;
  struct task_struct *parent = current_task()->real_parent;
  u32 parent_pid = pid_of(parent);
  if (is_wanted() && (!ppid || parent_pid == ppid) && (fails || result == 0)) {
    event->at = event->ts = bpf_ktime_get_ns();
    event->uid = current_uid();
    event->pid = current_pid();
    event->parent_pid = parent_pid;
    event->on_cpu = bpf_get_smp_processor_id();
    event->ret = result;
    bpf_get_current_comm(event->comm, sizeof(event->comm));
    bpf_probe_read_kernel(event->parent, sizeof(event->parent), parent->comm);
    send_copy(events, event, sizeof(*event));
  }
  pending.delete(&process);
  return 0;
}

ON_SYSCALL(execve, const char *file, const char *const *words) { return begin(file, words); }
ON_SYSCALL_RETURN(execve) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(execveat, int directory, const char *file, const char *const *words) { return begin(file, words); }
OPTIONAL ON_SYSCALL_RETURN(execveat) { return end(RETURNED); }
