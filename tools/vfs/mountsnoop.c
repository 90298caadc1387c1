// mountsnoop - one row for each mount(2), umount(2) and the calls that took their place, as strace(1) writes them.
#include "tool.h"

TOOL("Trace mounts and unmounts.");
OPTION(bool, parent, 'P', "parent_process", "show the parent");
OVERHEAD("Nothing but when somebody calls them.");
EXAMPLE("sonde mountsnoop", "what is mounted where, and by whom");
SESSION("sonde mountsnoop",
        "COMM             PID     TID     MNT_NS      CALL\n"
        "mount            219     219     4026531841  mount(\"cache\", \"/tmp/m\", \"tmpfs\", 0x0, \"size=1m\") = 0\n"
        "umount           217     217     4026531841  umount(\"/tmp/m\", 0x0) = 0");

struct event {
  comm_t comm COLUMN("COMM", -16);
  pid_t pid COLUMN("PID", -7);
  pid_t tid COLUMN("TID", -7);
  comm_t parent_comm COLUMN("PCOMM", -16) SHOWN_IF(parent);
  pid_t ppid COLUMN("PPID", -7) SHOWN_IF(parent);
  u32 mnt_ns COLUMN("MNT_NS", -11);
  mount_call_t call COLUMN("CALL", 0);
};
ROWS(events, struct event);
BPF_F_TABLE("hash", u32, mount_call_t, pending, 1024, 1 /* BPF_F_NO_PREALLOC */);
SONDE_LOST_MAP(pending);
BPF_PERCPU_ARRAY(scratch, mount_call_t, 1);

SONDE_INLINE mount_call_t *begin(u32 kind, u64 flags) {
  int zero = 0;
  mount_call_t *call = is_wanted() ? scratch.lookup(&zero) : 0;
  if (!call) return 0;
  call->kind = kind;
  call->flags = flags;
  return call;
}

SONDE_INLINE int keep_call(mount_call_t *call) {
  u32 tid = bpf_get_current_pid_tgid();
  if (pending.update(&tid, call)) sonde_count_lost(&__sonde_lost_pending, 0);
  return 0;
}

#define TEXT(at, from) call->is_null[at] = !(from) || read_user_string(call->texts[at], from) < 0
// `data` may be anything: what is no text is none.
#define DATA(at, from) call->is_null[at] = !(from) || bpf_probe_read_user_str(call->texts[at], sizeof(call->texts[at]), from) < 0

SONDE_INLINE int end(int result) {
  u32 tid = bpf_get_current_pid_tgid();
  mount_call_t *call = pending.lookup(&tid);
  if (!call) return 0;
  struct event *event = events.ringbuf_reserve(sizeof(struct event));
  if (event) {
    struct task_struct *task = current_task(), *above = task->real_parent;
    bpf_get_current_comm(event->comm, sizeof(event->comm));
    event->pid = current_pid();
    event->tid = current_tid();
    bpf_probe_read_kernel(event->parent_comm, sizeof(event->parent_comm), above->comm);
    event->ppid = pid_of(above);
    event->mnt_ns = task->nsproxy->mnt_ns->ns.inum;
    bpf_probe_read_kernel(&event->call, sizeof(event->call), call);
    event->call.result = result;
    send_row(events, event);
  }
  pending.delete(&tid);
  return 0;
}

ON_SYSCALL(mount, const char *source, const char *target, const char *type, u64 flags, const char *data) {
  mount_call_t *call = begin(MOUNT, flags);
  if (!call) return 0;
  TEXT(0, source);
  TEXT(1, target);
  TEXT(2, type);
  DATA(3, data);
  return keep_call(call);
}
ON_SYSCALL_RETURN(mount) { return end(RETURNED); }

ON_SYSCALL(umount, const char *target, int flags) {
  mount_call_t *call = begin(UMOUNT, (u32)flags);
  if (!call) return 0;
  TEXT(0, target);
  return keep_call(call);
}
ON_SYSCALL_RETURN(umount) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(fsopen, const char *type, u32 flags) {
  mount_call_t *call = begin(FSOPEN, flags);
  if (!call) return 0;
  TEXT(0, type);
  return keep_call(call);
}
OPTIONAL ON_SYSCALL_RETURN(fsopen) { return end(RETURNED); }

ON_SYSCALL(fsconfig, long fd, u64 command, const char *key, const char *value, long more) {
  mount_call_t *call = begin(FSCONFIG, 0);
  if (!call) return 0;
  call->numbers[0] = (int)fd;
  call->numbers[1] = (u32)command;
  call->numbers[2] = (int)more;
  TEXT(0, key);
  DATA(1, value);
  return keep_call(call);
}
ON_SYSCALL_RETURN(fsconfig) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(fsmount, int fd, u32 flags, u32 attributes) {
  mount_call_t *call = begin(FSMOUNT, flags);
  if (!call) return 0;
  call->numbers[0] = fd;
  call->numbers[1] = attributes;
  return keep_call(call);
}
OPTIONAL ON_SYSCALL_RETURN(fsmount) { return end(RETURNED); }

ON_SYSCALL(move_mount, long from, const char *from_path, long to, const char *to_path, u64 flags) {
  mount_call_t *call = begin(MOVE_MOUNT, (u32)flags);
  if (!call) return 0;
  call->numbers[0] = (int)from;
  call->numbers[1] = (int)to;
  TEXT(0, from_path);
  TEXT(1, to_path);
  return keep_call(call);
}
ON_SYSCALL_RETURN(move_mount) { return end(RETURNED); }
EITHER("kprobe__sys_fsconfig kretprobe__sys_fsconfig", "");
EITHER("kprobe__sys_move_mount kretprobe__sys_move_mount", "");
