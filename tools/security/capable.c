// capable - one row for each time that the kernel asks whether a task may do something privileged.
#include "tool.h"

TOOL("Trace capability checks.");
OPTION(bool, all, 'v', "verbose", "also checks that are not for the audit log");
OPTION(bool, kernel_stack, 'K', "kernel-stack", "the kernel's stack below each row");
OPTION(bool, user_stack, 'U', "user-stack", "the process's stack below each row");
OPTION(bool, extra, 'x', "extra", "show the thread, and whether it is a setuid check");
OPTION(bool, unique, 0, "unique", "each capability once for each process, or cgroup");
NOTES("Where functions of the kernel cannot be probed, the event capability:cap_capable (6.16 and later) stands in. It does not say "
      "what is for the audit log: all checks are shown then, with AUDIT 1.");
OVERHEAD("A hook at each check, of which a busy machine makes thousands a second.");
EXAMPLE("sonde capable -p 181", "which capabilities process 181 needs");
EXAMPLE("sonde capable -K", "with the place that asks for it");
SESSION("sonde capable",
        "TIME      UID    PID    COMM             CAP  NAME                 AUDIT\n"
        "22:52:36  0      222    python3          23   CAP_SYS_NICE         1\n"
        "22:52:36  0      223    mount            21   CAP_SYS_ADMIN        1\n"
        "22:52:36  0      221    umount           21   CAP_SYS_ADMIN        1");

struct event {
  wall_time_t at COLUMN("TIME", -9);
  u32 uid COLUMN("UID", -6);
  pid_t pid COLUMN("PID", -6);
  pid_t tid COLUMN("TID", -6) SHOWN_IF(extra);
  comm_t comm COLUMN("COMM", -16);
  s32 cap COLUMN("CAP", -4);
  capability_t name COLUMN("NAME", -20);
  s32 audit COLUMN("AUDIT", -6);
  s32 insetid COLUMN("INSETID", 0) SHOWN_IF(extra);
  kernel_frames_t kernel COLUMN("KERNEL_STACK", 0) SHOWN_IF(kernel_stack);
  user_frames_t user COLUMN("USER_STACK", 0) SHOWN_IF(user_stack);
};
ROWS(events, struct event);

struct check {
  u32 cap;
  u32 pid;
};
BPF_HASH(seen, struct check, u64, 10240);

#define NO_AUDIT 2
#define IN_SETID 4

SONDE_INLINE bool is_new(u32 cap) {
  struct check check = {cap, bpf_get_current_pid_tgid() >> 32};
  u64 one = 1;
  return !unique || !seen.insert(&check, &one);
}

SONDE_INLINE int note(void *ctx, int cap, u32 how) {
  bool is_audited = !(how & NO_AUDIT);
  if (!is_wanted()) return 0;
  if ((!all && !is_audited) || !is_new(cap)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  fill_task(event, pid, tid, uid, comm);
  event->cap = event->name = cap;
  event->audit = is_audited;
  event->insetid = !!(how & IN_SETID);
  if (kernel_stack) bpf_get_stack(ctx, event->kernel.at, sizeof(event->kernel.at), 0);
  if (user_stack) bpf_get_stack(ctx, event->user.at, sizeof(event->user.at), 1 << 8 /* BPF_F_USER_STACK */);
  event->user.pid = bpf_get_current_pid_tgid() >> 32;
  send_row(events, event);
  return 0;
}

EITHER(check) ON_KERNEL(cap_capable, const struct cred *cred, void *space, int cap, u32 how) {
  return note(ctx, cap, how);
}
OR_ELSE(check) ON_RAW_TRACEPOINT(cap_capable) { return note(ctx, ctx->args[3], 0); }
