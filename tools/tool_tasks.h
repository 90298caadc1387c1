// Tasks: their numbers as the caller counts, and which of them he asked for. A part of tool.h.
#pragma once
#pragma clang system_header

// Set from -p, -t, -u, --comm, --cgroup and their kin, before the program is loaded.
struct sonde_filter {
  u32 pid, tid;          // as the caller's PID namespace counts; 0: all
  u32 uid;
  u32 has_uid;
  u32 own_pid;           // of the tool, in the first PID namespace
  u32 comm_length;       // 0: all
  char comm[TASK_COMM_LEN];
  u64 cgroup;            // its id; 0: all
  u32 cgroup_level;
  u32 namespace_level;   // of the caller's PID namespace; 0: the first one
  u32 namespace_inode;
};
static const volatile struct sonde_filter sonde_filter __attribute__((used)) SONDE_NOTE("filter");

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
SONDE_INLINE u32 current_uid(void) { return (u32)bpf_get_current_uid_gid(); }

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
// Whether the caller asked for this task. Reads nothing unless he did.
SONDE_INLINE bool is_wanted_task(struct task_struct *task) {
  if (sonde_filter.pid && pid_of(task) != sonde_filter.pid) return false;
  if (sonde_filter.tid && tid_of(task) != sonde_filter.tid) return false;
  if (sonde_filter.has_uid && task->cred->uid.val != sonde_filter.uid) return false;
  if (sonde_filter.comm_length) {
    char comm[TASK_COMM_LEN];
    bpf_probe_read_kernel(comm, sizeof(comm), task->comm);
    if (!sonde_comm_fits(comm)) return false;
  }
  return !sonde_filter.cgroup || sonde_cgroup_fits(task);
}
SONDE_INLINE bool is_wanted(void) {
  if (sonde_filter.pid && current_pid() != sonde_filter.pid) return false;
  if (sonde_filter.tid && current_tid() != sonde_filter.tid) return false;
  if (sonde_filter.has_uid && current_uid() != sonde_filter.uid) return false;
  if (sonde_filter.comm_length) {
    char comm[TASK_COMM_LEN];
    bpf_get_current_comm(comm, sizeof(comm));
    if (!sonde_comm_fits(comm)) return false;
  }
  return !sonde_filter.cgroup || sonde_cgroup_fits(current_task());
}

// TASK_RUNNING is 0.
SONDE_INLINE long state_of(struct task_struct *task) {
  struct task_struct___since_5_14 *newer = (void *)task;
  if (bpf_core_field_exists(newer->__state)) return newer->__state;
  return ((struct task_struct___before_5_14 *)task)->state;
}
