// offcputime - how long threads were off the CPUs, by the stack with which they left.
#include "tool.h"

TOOL("Sum the time that threads are off the CPUs, by stack.");
INTRO("Tracing off-CPU time (us) of {pids?chosen processes}{!pids?{tids?chosen threads}{!tids?{user_threads?user threads}"
      "{!user_threads?{kernel_threads?kernel threads}{!kernel_threads?all threads}}}} by "
      "{user_stacks?user}{!user_stacks?{kernel_stacks?kernel}{!kernel_stacks?user + kernel}} stack{end}");
DURATION;
LIST_OPTION(process_t, pids, 'p', "pid", "these processes only") VALUE("PID,...");
LIST_OPTION(thread_t, tids, 't', "tid", "these threads only") VALUE("TID,...") EXCLUDES(pids);
OPTION(bool, user_threads, 'u', "user-threads-only", "no kernel threads") EXCLUDES(pids) EXCLUDES(tids);
OPTION(bool, kernel_threads, 'k', "kernel-threads-only", "kernel threads only")
    EXCLUDES(pids) EXCLUDES(tids) EXCLUDES(user_threads);
OPTION(bool, user_stacks, 'U', "user-stacks-only", "no stacks in the kernel") EXCLUDES(kernel_threads);
OPTION(bool, kernel_stacks, 'K', "kernel-stacks-only", "no stacks in user space") EXCLUDES(user_stacks);
OPTION(bool, delimited, 'd', "delimited", "a line between the two");
OPTION(u64, min_us, 'm', "min-block-time", "only times of at least this many microseconds") AT_MOST(max_us) = 1;
OPTION(u64, max_us, 'M', "max-block-time", "only times of at most this many microseconds") = -1;
OPTION(bool, offsets, 's', "offset", "offsets behind functions");
OPTION(u32, stack_storage, 0, "stack-storage-size", "different stacks that are kept") ENTRIES_OF(stacks) VALUE("N") = 16384;
OPTION(s64, state, 0, "state", "only in these states, a bit mask: 1 interruptible, 2 uninterruptible; 0: still running") RANGE(0, 0xffffffff) = -1;
OVERHEAD("A stack trace at each switch between tasks, up to two microseconds: at hundreds of thousands of switches "
         "a second that is tens of percent. -p and -m leave out what is not asked for.");
EXAMPLE("sonde offcputime -p 181 30 --flamegraph off.svg", "a flame graph of what process 181 waits for");
EXAMPLE("sonde offcputime -f -K 10 > stacks", "kernel stacks, folded");
SESSION("sonde offcputime -K --comm web 2",
        "Tracing off-CPU time (us) of all threads by kernel stack for 2 secs.\n"
        "    __schedule\n"
        "    schedule\n"
        "    schedule_timeout\n"
        "    io_schedule_timeout\n"
        "    __wait_for_common\n"
        "    submit_bio_wait\n"
        "    blkdev_issue_flush\n"
        "    ext4_sync_fs\n"
        "    __iterate_supers\n"
        "    ksys_sync\n"
        "    __do_sys_sync\n"
        "    do_syscall_64\n"
        "    entry_SYSCALL_64_after_hwframe\n"
        "    -                web (201)\n"
        "        7881");

struct key {
  pid_t pid;
  u32 tid;
  comm_t comm;
  kernel_stack_t kernel;
  user_stack_t user;
};
struct value {
  u64 value COLUMN("us", 0);
};
TABLE(counts, struct key, struct value, 10240);
AS_STACKS(counts);
STACK_TRACES(stacks, 16384);

struct left {
  u64 since;
  kernel_stack_t kernel;
  user_stack_t user;
};
PER_KEY(u32, struct left, left, 65536);

#define PF_KTHREAD 0x00200000
#define NOT_ASKED -1

SONDE_INLINE bool is_wanted_thread(struct task_struct *task, u32 tid) {
  if (tid == 0 || !is_wanted_task(task)) return false;
  if (pids.count && !in_list(pids, pid_of(task))) return false;
  if (tids.count && !in_list(tids, tid_of(task))) return false;
  if (user_threads && (task->flags & PF_KTHREAD)) return false;
  if (kernel_threads && !(task->flags & PF_KTHREAD)) return false;
  if (state < 0) return true;
  long now = state_of(task);
  return state ? now & state : now == 0;
}

// How long it was away, if that is to be counted.
SONDE_INLINE bool has_been_away(struct left *left, u64 now, u64 *taken_us) {
  if (!left || !left->since) return false;
  *taken_us = (now - left->since) / 1000;
  left->since = 0;
  return *taken_us >= min_us && *taken_us <= max_us;
}

SONDE_INLINE int add(struct key *key, u64 taken_us) {
  struct value *value = entry_of(counts, key);
  if (value) add_to(value->value, taken_us);
  return 0;
}

// Who came is already the current task, and its stack still the one with which it left. A kprobe costs more than the
// tracepoint, and its stack less, which does not have to be looked for behind the tracing itself.
EITHER(switch) ON_FIRST_OF(at_switch, "finish_task_switch finish_task_switch.isra.0 finish_task_switch.isra.1",
                           struct task_struct *prev) {
  u64 now = bpf_ktime_get_ns();
  u32 gone = prev->pid;
  if (is_dead(prev)) {
    per_key_erase(left, gone);
  } else if (is_wanted_thread(prev, gone)) {
    struct left *leaving = per_key_get_or_create(left, gone);
    if (leaving) leaving->since = now;
  }
  struct left *came = per_key_find(left, (u32)bpf_get_current_pid_tgid());
  u64 taken_us;
  if (!has_been_away(came, now, &taken_us)) return 0;
  struct key key = {.kernel = NOT_ASKED, .user = NOT_ASKED};
  if (!user_stacks) key.kernel = stack_in(stacks, ctx, 0);
  if (!kernel_stacks) key.user = stack_in(stacks, ctx, BPF_F_USER_STACK);
  fill_task(&key, pid, tid, comm);
  return add(&key, taken_us);
}

// Who leaves is still the current task; its stack is how it came to leave.
OR_ELSE(switch) ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  u64 now = bpf_ktime_get_ns();
  u32 gone = (u32)bpf_get_current_pid_tgid();
  if (is_dead(prev)) {
    per_key_erase(left, gone);
  } else if (is_wanted_thread(prev, gone)) {
    struct left *leaving = per_key_get_or_create(left, gone);
    if (leaving) {
      leaving->since = now;
      leaving->kernel = user_stacks ? NOT_ASKED : stack_in(stacks, ctx, 0);
      leaving->user = kernel_stacks ? NOT_ASKED : stack_in(stacks, ctx, BPF_F_USER_STACK);
    }
  }
  struct left *came = per_key_find(left, (u32)next->pid);
  u64 taken_us;
  if (!has_been_away(came, now, &taken_us)) return 0;
  struct key key = {.pid = pid_of(next), .tid = tid_of(next), .kernel = came->kernel, .user = came->user};
  bpf_probe_read_kernel(key.comm, sizeof(key.comm), next->comm);
  return add(&key, taken_us);
}
