// Tasks: their numbers as the caller counts, and which of them he asked for. A part of tool.h.
#pragma once
#pragma clang system_header

static const volatile struct sonde_filter sonde_filter __attribute__((used)) SONDE_ANNOTATE("filter");

// Sets that somebody else keeps: --cgroupmap and --mntnsmap take a pinned map instead of these.
BPF_HASH(sonde_cgroups, u64, u64, 1);
BPF_HASH(sonde_mount_namespaces, u64, u32, 1);

// The number of a process or thread in the caller's PID namespace; 0 when it is not in there.
SONDE_INLINE u32 sonde_number_in(struct pid *pid) {
  u32 level = sonde_filter.namespace_level;
  if (!pid || pid->level < level) return 0;
  struct upid *upid = &pid->numbers[level & 31];
  return upid->ns->ns.inum == sonde_filter.namespace_inode ? upid->nr : 0;
}
SONDE_INLINE u32 tid_of(struct task_struct *task) {
  return sonde_filter.namespace_level ? sonde_number_in(task->thread_pid) : task->pid;
}
SONDE_INLINE u32 pid_of(struct task_struct *task) {
  return sonde_filter.namespace_level ? sonde_number_in(task->group_leader->thread_pid) : task->tgid;
}
SONDE_INLINE struct task_struct *current_task(void) { return (struct task_struct *)bpf_get_current_task(); }
SONDE_INLINE u32 current_pid(void) {
  return sonde_filter.namespace_level ? pid_of(current_task()) : bpf_get_current_pid_tgid() >> 32;
}
SONDE_INLINE u32 current_tid(void) {
  return sonde_filter.namespace_level ? tid_of(current_task()) : (u32)bpf_get_current_pid_tgid();
}
// Of the current process; NULL where it has none with this number.
SONDE_INLINE struct file *open_file(int descriptor) {
  struct fdtable *table = current_task()->files->fdt;
  return (u32)descriptor < table->max_fds ? table->fd[(u32)descriptor] : NULL;
}
SONDE_INLINE u32 current_uid(void) { return (u32)bpf_get_current_uid_gid(); }
SONDE_INLINE u32 parent_pid(void) { return pid_of(current_task()->real_parent); }

// Who the current task is, into those members of a row or key that are named: fill_task(row, pid, tid, ppid, uid,
// comm).
#define fill_task(row, ...)                                                                                         \
  ({                                                                                                                \
    __auto_type filled_ = (row);                                                                                    \
    SONDE_FILL_1(__VA_ARGS__)                                                                                       \
  })
#define SONDE_FILL_1(member, ...) sonde_fill_##member(filled_); __VA_OPT__(SONDE_FILL_2(__VA_ARGS__))
#define SONDE_FILL_2(member, ...) sonde_fill_##member(filled_); __VA_OPT__(SONDE_FILL_3(__VA_ARGS__))
#define SONDE_FILL_3(member, ...) sonde_fill_##member(filled_); __VA_OPT__(SONDE_FILL_4(__VA_ARGS__))
#define SONDE_FILL_4(member, ...) sonde_fill_##member(filled_); __VA_OPT__(SONDE_FILL_5(__VA_ARGS__))
#define SONDE_FILL_5(member) sonde_fill_##member(filled_);
#define sonde_fill_pid(row) (row)->pid = current_pid()
#define sonde_fill_tid(row) (row)->tid = current_tid()
#define sonde_fill_ppid(row) (row)->ppid = parent_pid()
#define sonde_fill_uid(row) (row)->uid = current_uid()
#define sonde_fill_comm(row) bpf_get_current_comm((row)->comm, sizeof((row)->comm))

// With --exec: the processes that come of the command, by their numbers in the first PID namespace. The command itself
// is not among them, it is sonde_filter.pid.
struct sonde_descendant {
  u64 signal;     // where its struct signal_struct lies, which all its threads share and execve() keeps; a later
                  // process with its number has another one
  u64 has_ended;  // all its threads have
};
PER_KEY(u32, struct sonde_descendant, sonde_descendants, 65536);
USED_IF(sonde_descendants, follow);

SONDE_INLINE bool sonde_is_followed(u32 tgid, u32 pid) {
  if (pid == sonde_filter.pid) return true;
  return sonde_filter.follows && sonde_descendants.lookup(&tgid);
}
// pid: as the caller counts; the tool itself only if that is asked for.
SONDE_INLINE bool sonde_is_wanted_process(u32 tgid, u32 pid) {
  if (sonde_filter.pid) return sonde_is_followed(tgid, pid);
  return !sonde_filter.own_pid || pid != sonde_filter.own_pid;
}

// The new process does not run yet, so nothing of it is missed. A number that went to another process is forgotten.
SONDE_INLINE int sonde_note_fork(struct task_struct *parent, struct task_struct *child) {
  u32 from = parent->tgid, tgid = child->tgid;
  if (from == tgid) return 0;  // a thread
  if (sonde_is_followed(from, pid_of(parent))) {
    per_key_store(sonde_descendants, tgid, ((struct sonde_descendant){.signal = (u64)child->signal}));
  } else if (per_key_find(sonde_descendants, tgid)) {
    per_key_erase(sonde_descendants, tgid);
  }
  return 0;
}
// It is traced on: files and sockets are closed after this.
SONDE_INLINE int sonde_note_exit(struct task_struct *task) {
  struct sonde_descendant *found = per_key_find(sonde_descendants, (u32)task->tgid);
  if (found && task->signal->live.counter == 0) found->has_ended = 1;
  return 0;
}
SONDE_INLINE int sonde_note_free(struct task_struct *task) {
  u32 tgid = task->tgid;
  struct sonde_descendant *found = per_key_find(sonde_descendants, tgid);
  if (found && found->signal == (u64)task->signal && task->signal->live.counter == 0)
    per_key_erase(sonde_descendants, tgid);
  return 0;
}
// A part of TOOL: programs are functions of the tool's own file.
#define SONDE_FOLLOW(event, function, ...)                                                                          \
  SONDE_ANNOTATE("if", "follow") SONDE_ANNOTATE("raw_tracepoint", event)                                            \
  int sonde_on_##function(struct bpf_raw_tracepoint_args *ctx) { return sonde_note_##function(__VA_ARGS__); }
#define SONDE_TASK(number) (struct task_struct *)ctx->args[number]
#define SONDE_FOLLOW_CHILDREN                                                                                       \
  SONDE_FOLLOW("sched_process_fork", fork, SONDE_TASK(0), SONDE_TASK(1))                                            \
  SONDE_FOLLOW("sched_process_exit", exit, SONDE_TASK(0))                                                           \
  SONDE_FOLLOW("sched_process_free", free, SONDE_TASK(0))                                                           \
  _Static_assert(1, "")

SONDE_INLINE bool sonde_comm_fits(const char *comm) {
  for (u32 i = 0; i < TASK_COMM_LEN; i++) {
    if (i < sonde_filter.comm_length && comm[i] != sonde_filter.comm[i]) return false;
  }
  return true;
}
SONDE_INLINE bool sonde_cgroup_fits(struct task_struct *task) {
  struct cgroup *cgroup = task->cgroups->dfl_cgrp;
  u32 level = sonde_filter.cgroup_level;
  if (cgroup->level < (int)level) return false;
  struct cgroup___since_6_1 *newer = (void *)cgroup;
  if (bpf_core_field_exists(newer->ancestors)) return newer->ancestors[level & 31]->kn->id == sonde_filter.cgroup;
  struct cgroup___before_6_1 *older = (void *)cgroup;
  return older->ancestor_ids[level & 31] == sonde_filter.cgroup;
}
SONDE_INLINE bool sonde_is_in_maps(struct task_struct *task) {
  if (sonde_filter.has_cgroup_map) {
    u64 cgroup = task->cgroups->dfl_cgrp->kn->id;
    if (!sonde_cgroups.lookup(&cgroup)) return false;
  }
  if (sonde_filter.has_mount_namespace_map) {
    u64 mounts = task->nsproxy->mnt_ns->ns.inum;
    if (!sonde_mount_namespaces.lookup(&mounts)) return false;
  }
  return true;
}
// Whether the caller asked for this task. By default all are wanted but those of the tool itself.
SONDE_INLINE bool is_wanted_task(struct task_struct *task) {
  if ((sonde_filter.pid || sonde_filter.own_pid) &&
      !sonde_is_wanted_process(sonde_filter.follows ? task->tgid : 0, pid_of(task)))
    return false;
  if (sonde_filter.tid && tid_of(task) != sonde_filter.tid) return false;
  if (sonde_filter.has_uid && task->cred->uid.val != sonde_filter.uid) return false;
  if (sonde_filter.comm_length) {
    char comm[TASK_COMM_LEN];
    bpf_probe_read_kernel(comm, sizeof(comm), task->comm);
    if (!sonde_comm_fits(comm)) return false;
  }
  if (sonde_filter.cgroup && !sonde_cgroup_fits(task)) return false;
  return sonde_is_in_maps(task);
}
// For hooks that an interrupt may reach as well: the current task is then any, the tool itself too, and what happens
// has nothing to do with it. It is left out only if the caller asked for others.
SONDE_INLINE bool is_wanted_in_interrupt(void) {
  if (sonde_filter.pid && !sonde_is_followed(bpf_get_current_pid_tgid() >> 32, current_pid())) return false;
  if (sonde_filter.tid && current_tid() != sonde_filter.tid) return false;
  if (sonde_filter.has_uid && current_uid() != sonde_filter.uid) return false;
  if (sonde_filter.comm_length) {
    char comm[TASK_COMM_LEN];
    bpf_get_current_comm(comm, sizeof(comm));
    if (!sonde_comm_fits(comm)) return false;
  }
  if (sonde_filter.cgroup && !sonde_cgroup_fits(current_task())) return false;
  return !(sonde_filter.has_cgroup_map || sonde_filter.has_mount_namespace_map) || sonde_is_in_maps(current_task());
}
// Whether the caller asked for the current task.
SONDE_INLINE bool is_wanted(void) {
  bool is_other = sonde_filter.pid || !sonde_filter.own_pid || current_pid() != sonde_filter.own_pid;
  return is_other && is_wanted_in_interrupt();
}

// TASK_RUNNING is 0.
SONDE_INLINE long state_of(struct task_struct *task) {
  struct task_struct___since_5_14 *newer = (void *)task;
  if (bpf_core_field_exists(newer->__state)) return newer->__state;
  return ((struct task_struct___before_5_14 *)task)->state;
}

// At its last switch: it does not come back.
#define TASK_DEAD 0x80
SONDE_INLINE bool is_dead(struct task_struct *task) { return state_of(task) & TASK_DEAD; }

// With RUN_QUEUE_WAITS a tool is told at sched_switch how long a task waited for a CPU: false if it is not known, or if
// nobody asked for the task.
#define RUN_QUEUE_WAITS                                                                                             \
  PER_KEY(u32, u64, sonde_ready, 65536);                                                                            \
  SONDE_INLINE int sonde_becomes_ready(struct task_struct *task, u32 tid) {                                         \
    u64 *since = tid && is_wanted_task(task) ? per_key_get_or_create(sonde_ready, tid) : NULL;                      \
    if (since) *since = bpf_ktime_get_ns();                                                                         \
    return 0;                                                                                                       \
  }                                                                                                                 \
  SONDE_INLINE int sonde_woken(struct task_struct *task) { return sonde_becomes_ready(task, task->pid); }           \
  ON_RAW_TRACEPOINT(sched_wakeup) { return sonde_woken((struct task_struct *)ctx->args[0]); }                       \
  ON_RAW_TRACEPOINT(sched_wakeup_new) { return sonde_woken((struct task_struct *)ctx->args[0]); }                   \
  SONDE_INLINE bool waited_for_cpu(struct task_struct *prev, struct task_struct *next, u64 *waited_ns) {            \
    u32 leaves = (u32)bpf_get_current_pid_tgid();                                                                   \
    long state = state_of(prev);                                                                                    \
    if (state == 0) sonde_becomes_ready(prev, leaves);                                                              \
    if (state & TASK_DEAD) per_key_erase(sonde_ready, leaves);                                                      \
    u64 *since = per_key_find(sonde_ready, (u32)next->pid);                                                         \
    if (!since || !*since) return false;                                                                            \
    *waited_ns = bpf_ktime_get_ns() - *since;                                                                       \
    *since = 0;                                                                                                     \
    return true;                                                                                                    \
  }                                                                                                                 \
  _Static_assert(1, "")
