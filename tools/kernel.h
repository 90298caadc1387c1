// The fields of the kernel that tools use, and nothing else: where they lie is found when a tool is loaded (CO-RE), so that a
// tool is built without any kernel (-D SONDE_NO_KERNEL). A user's own tool has all types of the running kernel instead.
#pragma once
#pragma clang system_header

#ifndef TASK_COMM_LEN
#define TASK_COMM_LEN 16
#endif
#ifndef AF_INET
#define AF_INET 2
#define AF_INET6 10
#endif

#ifdef SONDE_NO_KERNEL
typedef int pid_t;
typedef unsigned int uid_t;
typedef u32 dev_t;
typedef unsigned short umode_t;
typedef long long loff_t;
typedef u64 sector_t;
typedef u32 blk_opf_t;

// The registers are where they always were; no kernel moves them.
struct pt_regs {
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
  unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
#else
  u64 regs[31];
  u64 sp, pc, pstate, orig_x0;
#endif
};

struct bpf_raw_tracepoint_args { u64 args[0]; };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common { unsigned int inum; };
struct pid_namespace { struct ns_common ns; unsigned int level; };
struct upid { int nr; struct pid_namespace *ns; };
struct pid { unsigned int level; struct upid numbers[32]; };
typedef struct { uid_t val; } kuid_t;
struct cred { kuid_t uid; };
struct kernfs_node { u64 id; };
struct cgroup { int level; struct kernfs_node *kn; };
struct css_set { struct cgroup *dfl_cgrp; };
struct mnt_namespace { struct ns_common ns; };
struct nsproxy { struct mnt_namespace *mnt_ns; };

struct cfs_rq;
struct sched_entity { struct cfs_rq *cfs_rq; };
struct task_struct {
  unsigned int flags;
  int exit_code;
  int pid, tgid;
  char comm[TASK_COMM_LEN];
  u64 start_time;
  struct task_struct *real_parent, *group_leader;
  struct pid *thread_pid;
  struct cred *cred;
  struct css_set *cgroups;
  struct nsproxy *nsproxy;
  struct sched_entity se;
};

#pragma clang attribute pop
#endif

// What has another name or shape on some kernels: behind three underscores stands which. Ask bpf_core_field_exists() first.
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct___since_5_14 { unsigned int __state; };
struct task_struct___before_5_14 { long state; };
struct cgroup___since_6_1 { struct cgroup *ancestors[32]; };
struct cgroup___before_6_1 { u64 ancestor_ids[32]; };
struct cfs_rq___since_6_14 { unsigned int nr_queued; };
struct cfs_rq___before_6_14 { unsigned int nr_running; };
#pragma clang attribute pop
