// wakeuptime - how long threads were blocked, by the stack of the thread that woke them.
#include "tool.h"

TOOL("Sum the time that threads were blocked, by who woke them and the waker's stack.");
INTRO("Tracing blocked time (us) by kernel stack{end}");
DURATION;
OPTION(bool, user_only, 'u', "useronly", "no kernel threads");
OPTION(bool, addresses, 'v', "verbose", "addresses before functions");
OPTION(u64, min_us, 'm', "min-block-time", "only times of at least this many microseconds") AT_MOST(max_us) = 1;
OPTION(u64, max_us, 'M', "max-block-time", "only times of at most this many microseconds") = -1;
OPTION(u32, stack_storage, 0, "stack-storage-size", "different stacks that are kept") ENTRIES_OF(stacks) VALUE("N") = 16384;
NOTES("Filters ask for the thread that was woken. What an interrupt wakes is charged to whoever it interrupted: often the idle "
      "task, swapper.");
OVERHEAD("Each wake-up costs a stack trace: on a machine with hundreds of thousands of them a second, expect several percent.");
EXAMPLE("sonde wakeuptime -p 181 5", "for 5 seconds, whom process 181 waited for");
SESSION("sonde wakeuptime 2",
        "Tracing blocked time (us) by kernel stack for 2 secs.\n"
        "    target:          python3\n"
        "    try_to_wake_up\n"
        "    autoremove_wake_function\n"
        "    __wake_up_common\n"
        "    __wake_up_sync_key\n"
        "    pipe_write\n"
        "    vfs_write\n"
        "    ksys_write\n"
        "    do_syscall_64\n"
        "    entry_SYSCALL_64_after_hwframe\n"
        "    waker:           python3\n"
        "        522533");

struct key {
  comm_t target ABOVE("target:");
  kernel_stack_t kernel;
  comm_t waker BELOW("waker:");
};
struct value {
  u64 value COLUMN("us", 0);
};
TABLE(counts, struct key, struct value, 10240);
AS_STACKS(counts);
STACK_TRACES(stacks, 16384);
PER_KEY(u32, u64, blocked, 65536);

#define PF_KTHREAD 0x00200000

ON_RAW_TRACEPOINT(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1];
  if (prev->pid == 0 || state_of(prev) == 0 || !is_wanted_task(prev)) return 0;
  if (!user_only || !(prev->flags & PF_KTHREAD)) per_key_store(blocked, (u32)prev->pid, bpf_ktime_get_ns());
  return 0;
}

// In the waker's context always; sched_wakeup may come on the CPU that the woken one goes to.
ON_RAW_TRACEPOINT(sched_waking) {
  struct task_struct *woken = (struct task_struct *)ctx->args[0];
  u64 since;
  if (!per_key_pop(blocked, (u32)woken->pid, &since)) return 0;
  u64 blocked_us = (bpf_ktime_get_ns() - since) / 1000;
  if (blocked_us < min_us || blocked_us > max_us) return 0;
  struct key key = {.kernel = stack_in(stacks, ctx, 0)};
  bpf_probe_read_kernel(key.target, sizeof(key.target), woken->comm);
  bpf_get_current_comm(key.waker, sizeof(key.waker));
  struct value *value = entry_of(counts, &key);
  if (value) add_to(value->value, blocked_us);
  return 0;
}
