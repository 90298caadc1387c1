// The fields of the kernel that tools use, and nothing else: where they lie is found when a tool is loaded (CO-RE), so
// that a tool is built without any kernel (-D SONDE_NO_KERNEL). A user's own tool has all types of the running kernel
// instead.
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

struct super_block { dev_t s_dev; };
struct inode { umode_t i_mode; unsigned long i_ino; struct super_block *i_sb; void *i_private; };
struct qstr { u32 len; const unsigned char *name; };
struct dentry { struct dentry *d_parent; struct qstr d_name; struct inode *d_inode; };
struct vfsmount { struct dentry *mnt_root; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct file_operations { void *read_iter, *write_iter; };
struct file {
  void *private_data;
  struct path f_path;
  struct inode *f_inode;
  const struct file_operations *f_op;
};
struct kiocb { struct file *ki_filp; loff_t ki_pos; };
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };
struct fs_struct { struct path pwd; };

struct in6_addr { u8 bytes[16]; };
struct sock_common {
  u32 skc_daddr, skc_rcv_saddr;
  u16 skc_dport, skc_num;
  u16 skc_family;
  volatile u8 skc_state;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock { struct sock_common __sk_common; u16 sk_protocol; };
struct inet_sock { u16 inet_sport; };
struct tcp_sock { u64 bytes_received, bytes_acked; };
struct socket { struct sock *sk; };
struct sk_buff { char cb[48]; };

struct kmem_cache { unsigned int size; };
struct trace_event_raw_percpu_alloc_percpu { size_t size; void *ptr; };
struct trace_event_raw_percpu_free_percpu { void *ptr; };

struct iovec { void *iov_base; };
struct iov_iter { u8 iter_type; };
struct msghdr { struct iov_iter msg_iter; };

struct oom_control { unsigned long totalpages; struct task_struct *chosen; };

struct irqaction { const char *name; };
struct gendisk { int major, first_minor; };
struct request_queue;
struct request {
  struct request_queue *q;
  blk_opf_t cmd_flags;
  unsigned int __data_len;
  sector_t __sector;
  u64 start_time_ns;
};

struct linux_binprm { const char *filename, *interp; };
struct mm_struct { unsigned long arg_start, arg_end; };

struct cfs_rq;
struct sched_entity { struct cfs_rq *cfs_rq; };
typedef struct { int counter; } atomic_t;
struct signal_struct { atomic_t live; };
struct task_struct {
  unsigned int flags;
  int exit_code;
  int pid, tgid;
  char comm[TASK_COMM_LEN];
  u64 start_time;
  struct task_struct *real_parent, *group_leader;
  struct pid *thread_pid;
  struct cred *cred;
  struct signal_struct *signal;
  struct css_set *cgroups;
  struct nsproxy *nsproxy;
  struct fs_struct *fs;
  struct files_struct *files;
  struct mm_struct *mm;
  struct sched_entity se;
};

#pragma clang attribute pop
#endif

// What has another name or shape on some kernels: behind three underscores stands which. Ask bpf_core_field_exists()
// first.
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct___since_5_14 { unsigned int __state; };
struct task_struct___before_5_14 { long state; };
struct cgroup___since_6_1 { struct cgroup *ancestors[32]; };
struct cgroup___before_6_1 { u64 ancestor_ids[32]; };
struct iov_iter___since_6_4 { u8 iter_type; struct iovec __ubuf_iovec; const struct iovec *__iov; };
struct iov_iter___before_6_4 { const struct iovec *iov; };
struct request_queue___since_5_15 { struct gendisk *disk; };
struct request___before_5_15 { struct gendisk *rq_disk; };
struct cfs_rq___since_6_14 { unsigned int nr_queued; };
struct cfs_rq___before_6_14 { unsigned int nr_running; };
#pragma clang attribute pop
