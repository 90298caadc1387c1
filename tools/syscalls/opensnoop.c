// opensnoop - one row for each open(2), creat(2), openat(2) and openat2(2): who, which path, what came back.
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
NOTES("The path is that of the call. With -F a relative one has the directories above the calling process's current one, "
      "or above the one that the call names, in front: at most 32 of them, then … stands for the others. Where the call "
      "names no directory that is open, the path is shown alone. A path of more than 4095 bytes, which the kernel "
      "refuses, ends in …; one that cannot be read is [unreadable].");
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
  union {
    string_t path COLUMN("PATH", 0) SHOWN_UNLESS(full_path);
    joined_path_t full COLUMN("PATH", 0) SHOWN_IF(full_path);
  };
};
ROWS(events, struct event);

struct call {
  const char *path;
  s32 directory;
  u32 flags;
  u32 mode;
};
PER_THREAD(struct call, pending);

#define AT_FDCWD (-100)
#define O_WRONLY 01
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_TMPFILE 020000000
#define CREAT_FLAGS (O_CREAT | O_WRONLY | O_TRUNC)
#define DEPTH 32
#define NAME_ROOM 256

SONDE_INLINE bool has_wanted_flag(u32 flags) {
  u32 mask = 0;
  for (u32 i = 0; i < SONDE_LIST && i < flag_filter.count; i++) mask |= flag_filter.at[i];
  return !mask || (flags & mask);
}

SONDE_INLINE void fill(struct event *event, const struct call *call, long result) {
  event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, tid, uid, comm);
  event->fd = result < 0 ? -1 : result;
  event->err = result < 0 ? -result : 0;
  event->flags = call->flags;
  event->mode = call->flags & (O_CREAT | O_TMPFILE) ? (s32)(call->mode & 07777) : -1;
}

SONDE_INLINE void add_directories(joined_path_t *path, struct vfsmount *at, struct dentry *dentry) {
  struct mount *mount = (void *)at - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0 /* its offset */);
  for (int i = 0; i < DEPTH; i++) {
    if (dentry == mount->mnt.mnt_root) {
      path->has_root = mount == mount->mnt_parent;
      if (path->has_root) break;
      dentry = mount->mnt_mountpoint;
      mount = mount->mnt_parent;
      continue;
    }
    if (dentry == dentry->d_parent || !add_kernel_text(&path->texts, dentry->d_name.name, NAME_ROOM)) break;
    dentry = dentry->d_parent;
  }
}

// Where a relative path begins: nowhere if the call names no open file.
SONDE_INLINE struct path start_of(int directory) {
  struct path start = {};
  if (directory == AT_FDCWD) {
    struct task_struct *task = current_task();
    start.mnt = task->fs->pwd.mnt, start.dentry = task->fs->pwd.dentry;
  } else {
    struct file *file = open_file(directory);
    if (file) start.mnt = file->f_path.mnt, start.dentry = file->f_path.dentry;
  }
  return start;
}

SONDE_INLINE int send_full(const struct call *call, long result) {
  struct event *event = row_here(events);
  if (!event) return 0;
  fill(event, call, result);
  joined_path_t *path = &event->full;
  path->has_root = 0;
  clear_texts(&path->texts);
  add_user_text(&path->texts, call->path);
  if (path->texts.bytes[0] && path->texts.bytes[0] != '/') {
    struct path start = start_of(call->directory);
    if (start.dentry) add_directories(path, start.mnt, start.dentry);
  }
  send_texts(events, event, full.texts);
  return 0;
}

SONDE_INLINE int show(const struct call *call, long result) {
  if (full_path) return send_full(call, result);
  struct event *event = new_string_row(events, path, call->path);
  if (!event) return 0;
  fill(event, call, result);
  send_string_row(events, event, path);
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
SONDE_INLINE int begin(struct call call) {
  if (is_wanted_call(call.flags)) per_thread_store(pending, call);
  return 0;
}
SONDE_INLINE int end(long result) {
  struct call call;
  return per_thread_pop(pending, &call) && !(failed && result >= 0) ? show(&call, result) : 0;
}

EITHER(openat) AFTER_SYSCALL(openat) {
  return done(call_of(ARGUMENT_OF(0), (void *)ARGUMENT_OF(1), ARGUMENT_OF(2), ARGUMENT_OF(3)), RESULT);
}
OR_ELSE(openat) ON_SYSCALL(openat, int directory, const char *path, int flags, int mode) {
  return begin(call_of(directory, path, flags, mode));
}
OR_ELSE(openat) ON_SYSCALL_RETURN(openat) { return end(RETURNED); }

EITHER(open) AFTER_SYSCALL(open) {
  return done(call_of(AT_FDCWD, (void *)ARGUMENT_OF(0), ARGUMENT_OF(1), ARGUMENT_OF(2)), RESULT);
}
OR_ELSE(open) OPTIONAL ON_SYSCALL(open, const char *path, int flags, int mode) {
  return begin(call_of(AT_FDCWD, path, flags, mode));
}
OR_ELSE(open) OPTIONAL ON_SYSCALL_RETURN(open) { return end(RETURNED); }

EITHER(creat) AFTER_SYSCALL(creat) {
  return done(call_of(AT_FDCWD, (void *)ARGUMENT_OF(0), CREAT_FLAGS, ARGUMENT_OF(1)), RESULT);
}
OR_ELSE(creat) OPTIONAL ON_SYSCALL(creat, const char *path, int mode) {
  return begin(call_of(AT_FDCWD, path, CREAT_FLAGS, mode));
}
OR_ELSE(creat) OPTIONAL ON_SYSCALL_RETURN(creat) { return end(RETURNED); }

EITHER(openat2) AFTER_SYSCALL(openat2) {
  return done(call_how(ARGUMENT_OF(0), (void *)ARGUMENT_OF(1), (void *)ARGUMENT_OF(2)), RESULT);
}
OR_ELSE(openat2) OPTIONAL ON_SYSCALL(openat2, int directory, const char *path, struct how *how) {
  return begin(call_how(directory, path, how));
}
OR_ELSE(openat2) OPTIONAL ON_SYSCALL_RETURN(openat2) { return end(RETURNED); }
