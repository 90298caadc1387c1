// An event that leaves 64 bytes of the stack for all else: reads of several sizes share one slot.
#include <linux/sched.h>
#include <linux/nsproxy.h>
struct event_t { u32 type, pid, tgid, ns;
  union { struct { char comm[16], p_comm[16], g_comm[16]; u32 ppid; u64 flags; } enter; char str[432]; };
};
BPF_PERF_OUTPUT(events);
int kprobe__do_mount(struct pt_regs *ctx, char *source, char *target, char *type, unsigned long flags, char *data) {
  struct event_t event = {};
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  event.pid = bpf_get_current_pid_tgid();
  event.tgid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(event.enter.comm, sizeof(event.enter.comm));
  bpf_probe_read_kernel_str(&event.enter.p_comm, TASK_COMM_LEN, task->real_parent->comm);
  bpf_probe_read_kernel_str(&event.enter.g_comm, TASK_COMM_LEN, task->real_parent->real_parent->comm);
  event.enter.ppid = task->real_parent->tgid;
  event.ns = task->nsproxy->mnt_ns->ns.inum;
  event.enter.flags = flags;
  events.perf_submit(ctx, &event, sizeof(event));
  event.type = 2;
  bpf_probe_read_user_str(event.str, 64, source);
  bpf_probe_read_user_str(event.str + 64, 64, target);
  bpf_probe_read_user_str(event.str + 128, 64, type);
  bpf_probe_read_user_str(event.str + 192, 64, data);
  events.perf_submit(ctx, &event, sizeof(event));
  return flags;
}
