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

enum mount_kind { MOUNT, UMOUNT, FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT, OPEN_TREE, MOUNT_SETATTR, FSPICK, PIVOT_ROOT };
// Read by mountsnoop.types.cc, by the names of its members.
typedef struct {
  enum mount_kind kind;
  s32 result;
  u64 flags;
  s64 numbers[4];
  texts_t texts;
} mount_call_t;

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

// The texts are read at the call's end: what the kernel itself has read is in memory then.
struct call {
  u32 kind;
  u64 flags;
  s64 numbers[4];
  u32 count;
  const char *texts[4];
};
PER_THREAD(struct call, pending);

SONDE_INLINE int begin(struct call call) {
  if (is_wanted()) per_thread_store(pending, call);
  return 0;
}

SONDE_INLINE void fill(mount_call_t *to, const struct call *call, int result) {
  to->kind = call->kind;
  to->result = result;
  to->flags = call->flags;
  for (int i = 0; i < 4; i++) to->numbers[i] = call->numbers[i];
  clear_texts(&to->texts);
  for (u32 i = 0; i < 4; i++) {
    if (i < call->count) add_user_text(&to->texts, call->texts[i]);
  }
}

SONDE_INLINE int end(int result) {
  struct call call;
  if (!per_thread_pop(pending, &call)) return 0;
  struct event *event = row_here(events);
  if (!event) return 0;
  struct task_struct *task = current_task(), *above = task->real_parent;
  fill_task(event, pid, tid, comm);
  bpf_probe_read_kernel(event->parent_comm, sizeof(event->parent_comm), above->comm);
  event->ppid = pid_of(above);
  event->mnt_ns = task->nsproxy->mnt_ns->ns.inum;
  fill(&event->call, &call, result);
  send_texts(events, event, call.texts);
  return 0;
}

ON_SYSCALL(mount, const char *source, const char *target, const char *type, u64 flags, const char *data) {
  return begin((struct call){MOUNT, flags, {}, 4, {source, target, type, data}});
}
ON_SYSCALL_RETURN(mount) { return end(RETURNED); }

ON_SYSCALL(umount, const char *target, int flags) { return begin((struct call){UMOUNT, (u32)flags, {}, 1, {target}}); }
ON_SYSCALL_RETURN(umount) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(pivot_root, const char *root, const char *old) {
  return begin((struct call){PIVOT_ROOT, 0, {}, 2, {root, old}});
}
OPTIONAL ON_SYSCALL_RETURN(pivot_root) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(fsopen, const char *type, u32 flags) { return begin((struct call){FSOPEN, flags, {}, 1, {type}}); }
OPTIONAL ON_SYSCALL_RETURN(fsopen) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(fspick, int directory, const char *path, u32 flags) {
  return begin((struct call){FSPICK, flags, {directory}, 1, {path}});
}
OPTIONAL ON_SYSCALL_RETURN(fspick) { return end(RETURNED); }

// What `value` points to depends on the command; for those that take no text it is a number or NULL.
EITHER(fsconfig) ON_SYSCALL(fsconfig, long fd, u64 command, const char *key, const char *value, long more) {
  return begin((struct call){FSCONFIG, 0, {(int)fd, (u32)command, (int)more}, 2, {key, value}});
}
EITHER(fsconfig) ON_SYSCALL_RETURN(fsconfig) { return end(RETURNED); }
OR_NOTHING(fsconfig);

OPTIONAL ON_SYSCALL(fsmount, int fd, u32 flags, u32 attributes) {
  return begin((struct call){FSMOUNT, flags, {fd, attributes}});
}
OPTIONAL ON_SYSCALL_RETURN(fsmount) { return end(RETURNED); }

OPTIONAL ON_SYSCALL(open_tree, int directory, const char *path, u32 flags) {
  return begin((struct call){OPEN_TREE, flags, {directory}, 1, {path}});
}
OPTIONAL ON_SYSCALL_RETURN(open_tree) { return end(RETURNED); }

EITHER(move_mount) ON_SYSCALL(move_mount, long from, const char *from_path, long to, const char *to_path, u64 flags) {
  return begin((struct call){MOVE_MOUNT, (u32)flags, {(int)from, (int)to}, 2, {from_path, to_path}});
}
EITHER(move_mount) ON_SYSCALL_RETURN(move_mount) { return end(RETURNED); }
OR_NOTHING(move_mount);

struct attributes {
  u64 set, clear, propagation;
};
EITHER(mount_setattr) ON_SYSCALL(mount_setattr, int directory, const char *path, u32 flags,
                                 const struct attributes *asked, u64 size) {
  struct attributes attributes = {};
  bpf_probe_read_user(&attributes, sizeof(attributes), asked);
  s64 set = attributes.set, clear = attributes.clear, propagation = attributes.propagation;
  return begin((struct call){MOUNT_SETATTR, flags, {directory, set, clear, propagation}, 1, {path}});
}
EITHER(mount_setattr) ON_SYSCALL_RETURN(mount_setattr) { return end(RETURNED); }
OR_NOTHING(mount_setattr);
