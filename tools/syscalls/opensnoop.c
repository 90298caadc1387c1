// opensnoop - one row for each open(2), openat(2) and openat2(2): who, which path, what came back.
#include "tool.h"

TOOL("Trace files being opened.");
OPTION(bool, timestamp, 'T', "timestamp", "show the time since the start");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, failed, 'x', "failed", "only calls that failed");
OPTION(comm_t, name, 'n', "name", "only commands with this in their names") VALUE("NAME");
OPTION(bool, extended, 'e', "extended_fields", "show flags and mode");
LIST_OPTION(open_flag_t, flag_filter, 'f', "flag_filter", "only calls with one of these flags") VALUE("O_FLAG");
OPTION(u32, buffer_pages, 'b', "buffer-pages", "pages of memory between the kernel and this tool, a power of two")
    PAGES_OF(events) VALUE("PAGES") = 64;
OPTION(bool, full_path, 'F', "full-path", "relative paths with the directories above them");
NOTES("The path is that of the call. With -F a relative one has the directories above the calling process's current one, or above "
      "the one that the call names, in front: at most 32 of them.");
EXAMPLE("sonde opensnoop -x -p 181", "what process 181 does not find");
SESSION("sonde opensnoop -n bash",
        "PID    COMM               FD ERR PATH\n"
        "197    bash                3   0 /etc/ld.so.cache\n"
        "197    bash                3   0 /lib/x86_64-linux-gnu/libtinfo.so.6\n"
        "197    bash                3   0 /lib/x86_64-linux-gnu/libc.so.6\n"
        "197    bash               -1   6 /dev/tty\n"
        "197    bash               -1   2 /usr/lib/locale/locale-archive");
OVERHEAD("One hook for each call, or two, about a microsecond together: to be seen where files are opened hundreds of "
         "thousands of times a second.");

struct event {
  timestamp_t ts COLUMN("TIME(s)", -13) DIGITS(9) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -5) SHOWN_IF(print_uid);
  pid_t pid COLUMN("PID", -6) SHOWN_UNLESS(tid);
  pid_t tid COLUMN("TID", -6) SHOWN_IF(tid);
  comm_t comm COLUMN("COMM", -16);
  fd_t fd COLUMN("FD", 4);
  errno_t err COLUMN("ERR", 3);
  octal_t flags COLUMN("FLAGS", -8) SHOWN_IF(extended);
  open_mode_t mode COLUMN("MODE", -4) SHOWN_IF(extended);
  path_t path COLUMN("PATH", 0) SHOWN_UNLESS(full_path);
  joined_path_t full COLUMN("PATH", 0) SHOWN_IF(full_path);
};
ROWS(events, struct event);
#define SHORT __builtin_offsetof(struct event, full)
// With -F: too large for the stack, and sent only as far as it is filled.
BPF_PERCPU_ARRAY(scratch, struct event, 1);

struct call {
  const char *path;
  s32 directory;
  u32 flags;
  u32 mode;
};
PER_THREAD(struct call, pending);

#define AT_FDCWD (-100)
#define O_CREAT 0100
#define O_TMPFILE 020000000
#define DEPTH 32
#define NAME_ROOM 256
#define LAST_NAME 4096

SONDE_INLINE bool has_wanted_flag(u32 flags) {
  u32 mask = 0;
  for (u32 i = 0; i < SONDE_LIST && i < flag_filter.count; i++) mask |= flag_filter.at[i];
  return !mask || (flags & mask);
}

SONDE_INLINE void fill(struct event *event, const struct call *call, long result) {
  event->ts = bpf_ktime_get_ns();
  event->uid = current_uid();
  event->pid = current_pid();
  event->tid = current_tid();
  event->fd = result < 0 ? -1 : result;
  event->err = result < 0 ? -result : 0;
  event->flags = call->flags;
  event->mode = call->flags & (O_CREAT | O_TMPFILE) ? (s32)(call->mode & 07777) : -1;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SONDE_INLINE void add_directories(joined_path_t *path, struct vfsmount *at, struct dentry *dentry) {
  struct mount *mount = (void *)at - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0 /* its offset */);
  u32 length = path->length;
  for (int i = 0; i < DEPTH && length < LAST_NAME; i++) {
    if (dentry == mount->mnt.mnt_root) {
      if (mount == mount->mnt_parent) break;
      dentry = mount->mnt_mountpoint;
      mount = mount->mnt_parent;
      continue;
    }
    if (dentry == dentry->d_parent) break;
    barrier_var(length);  // or the compiler knows that the mask changes nothing, and the kernel does not
    long read = bpf_probe_read_kernel_str(path->bytes + (length & (LAST_NAME - 1)), NAME_ROOM, dentry->d_name.name);
    if (read <= 0) break;
    length += read;
    dentry = dentry->d_parent;
  }
  path->length = length;
}

SONDE_INLINE int send_full(const struct call *call, long result) {
  int zero = 0;
  struct event *event = scratch.lookup(&zero);
  if (!event) return 0;
  fill(event, call, result);
  joined_path_t *path = &event->full;
  long length = sonde_note_unread(bpf_probe_read_user_str(path->bytes, NAME_ROOM, call->path));
  path->length = length > 0 ? length & 511 : 0;
  if (path->bytes[0] != '/') {
    struct task_struct *task = current_task();
    struct path start = {};
    if (call->directory == AT_FDCWD) {
      start.mnt = task->fs->pwd.mnt, start.dentry = task->fs->pwd.dentry;
    } else if ((u32)call->directory < task->files->fdt->max_fds) {
      struct file *file = task->files->fdt->fd[call->directory];
      start.mnt = file->f_path.mnt, start.dentry = file->f_path.dentry;
    }
    if (start.dentry) add_directories(path, start.mnt, start.dentry);
  }
  u64 size = __builtin_offsetof(struct event, full.bytes) + (path->length & 8191);
  if (size <= sizeof(*event)) send_copy(events, event, size);
  return 0;
}

SONDE_INLINE int show(const struct call *call, long result) {
  if (full_path) return send_full(call, result);
  struct event *event = new_part(events, SHORT);
  if (!event) return 0;
  fill(event, call, result);
  read_user_string(event->path, call->path);
  send_part(events, event, SHORT);
  return 0;
}

SONDE_INLINE bool is_wanted_call(u32 flags) { return is_wanted() && comm_has(name) && has_wanted_flag(flags); }

struct how {
  u64 flags, mode;
};
SONDE_INLINE struct call call_of(int directory, const char *path, u32 flags, u32 mode) {
  return (struct call){.path = path, .directory = directory, .flags = flags, .mode = mode};
}
SONDE_INLINE struct call call_how(int directory, const char *path, const struct how *how) {
  struct how asked = {};
  bpf_probe_read_user(&asked, sizeof(asked), how);
  return call_of(directory, path, asked.flags, asked.mode);
}

// Where the end of a call still knows its arguments, one hook is enough.
SONDE_INLINE int done(struct call call, long result) {
  return is_wanted_call(call.flags) && !(failed && result >= 0) ? show(&call, result) : 0;
}
AFTER_SYSCALL(openat) { return done(call_of(ARGUMENT_OF(0), (void *)ARGUMENT_OF(1), ARGUMENT_OF(2), ARGUMENT_OF(3)), RESULT); }
AFTER_SYSCALL(open) { return done(call_of(AT_FDCWD, (void *)ARGUMENT_OF(0), ARGUMENT_OF(1), ARGUMENT_OF(2)), RESULT); }
AFTER_SYSCALL(openat2) { return done(call_how(ARGUMENT_OF(0), (void *)ARGUMENT_OF(1), (void *)ARGUMENT_OF(2)), RESULT); }

SONDE_INLINE int begin(struct call call) {
  if (is_wanted_call(call.flags)) keep(pending, call);
  return 0;
}
SONDE_INLINE int end(long result) {
  struct call call;
  return take(pending, &call) && !(failed && result >= 0) ? show(&call, result) : 0;
}
ON_SYSCALL(openat, int directory, const char *path, int flags, int mode) { return begin(call_of(directory, path, flags, mode)); }
ON_SYSCALL_RETURN(openat) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(open, const char *path, int flags, int mode) { return begin(call_of(AT_FDCWD, path, flags, mode)); }
OPTIONAL ON_SYSCALL_RETURN(open) { return end(RETURNED); }
OPTIONAL ON_SYSCALL(openat2, int directory, const char *path, struct how *how) { return begin(call_how(directory, path, how)); }
OPTIONAL ON_SYSCALL_RETURN(openat2) { return end(RETURNED); }

EITHER("kretfunc__vmlinux__sys_openat", "kprobe__sys_openat kretprobe__sys_openat");
EITHER("kretfunc__vmlinux__sys_open", "kprobe__sys_open kretprobe__sys_open");
EITHER("kretfunc__vmlinux__sys_openat2", "kprobe__sys_openat2 kretprobe__sys_openat2");
