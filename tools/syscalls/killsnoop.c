// killsnoop - one row for each signal that a process sends to another: kill(2), tkill(2), tgkill(2), sigqueue(3),
// pthread_sigqueue(3), pidfd_send_signal(2).
#include "tool.h"

TOOL("Trace signals that processes send.");
OPTION(bool, failed, 'x', "failed", "only calls that failed");
OPTION(u32, target, 'T', "tpid", "only signals to this process") VALUE("PID") RANGE(1, 4194304);
LIST_OPTION(signal_t, signals, 's', "signal", "only these signals") VALUE("SIG,...");
NOTES("TPID is what the call names: a process, a group below 0, a thread for tkill(2), tgkill(2) and "
      "rt_tgsigqueueinfo(2). For pidfd_send_signal(2) it is the process of the descriptor, 0 if that stands for none.");
OVERHEAD("Two hooks for each signal that somebody sends.");
EXAMPLE("sonde killsnoop -x", "signals that could not be sent");
EXAMPLE("sonde killsnoop -s 9", "only SIGKILL");
SESSION("sonde killsnoop",
        "TIME      PID      COMM             SIG  TPID     RESULT\n"
        "22:52:30  208      bash             15   206      0\n"
        "22:52:30  210      bash             9    209      0");

struct event {
  wall_time_t at COLUMN("TIME", -9);
  pid_t pid COLUMN("PID", -8);
  comm_t comm COLUMN("COMM", -16);
  s32 sig COLUMN("SIG", -4);
  pid_t tpid COLUMN("TPID", -8);
  s32 ret COLUMN("RESULT", 0);
};
ROWS(events, struct event);

struct call {
  s32 to;
  s32 sig;
};
PER_THREAD(struct call, pending);

#define EBADF 9

// Since Linux 6.9 such a descriptor has an inode of its own.
SONDE_INLINE u32 pid_of_descriptor(int descriptor) {
  struct file *file = open_file(descriptor);
  if (!file) return 0;
  struct pid *pid = file->private_data ? file->private_data : file->f_inode->i_private;
  if (!pid) return 0;
  return sonde_filter.namespace_level ? sonde_number_in(pid) : pid->numbers[0].nr;
}

SONDE_INLINE int begin(int to, int sig) {
  if (!is_wanted() || (target && (u32)to != target)) return 0;
  if (signals.count && !in_list(signals, sig)) return 0;
  per_thread_store(pending, ((struct call){to, sig}));
  return 0;
}

SONDE_INLINE int end(int result) {
  struct call call;
  if (!per_thread_pop(pending, &call) || (failed && result >= 0)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->sig = call.sig;
  event->tpid = result == -EBADF ? 0 : call.to;
  event->ret = result;
  send_row(events, event);
  return 0;
}

ON_SYSCALL(kill, int to, int sig) { return begin(to, sig); }
ON_SYSCALL_RETURN(kill) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(tkill, int to, int sig) { return begin(to, sig); }
OPTIONAL ON_SYSCALL_RETURN(tkill) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(tgkill, int process, int to, int sig) { return begin(to, sig); }
OPTIONAL ON_SYSCALL_RETURN(tgkill) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(rt_sigqueueinfo, int to, int sig) { return begin(to, sig); }
OPTIONAL ON_SYSCALL_RETURN(rt_sigqueueinfo) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(rt_tgsigqueueinfo, int process, int to, int sig) { return begin(to, sig); }
OPTIONAL ON_SYSCALL_RETURN(rt_tgsigqueueinfo) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(pidfd_send_signal, int descriptor, int sig) { return begin(pid_of_descriptor(descriptor), sig); }
OPTIONAL ON_SYSCALL_RETURN(pidfd_send_signal) { return end(RETURNED); }
