// Fields that no kernel has are read only where bpf_core_field_exists() says that they are there.
#include <bpf/bpf_core_read.h>

struct task_struct___elsewhere {
  long no_such_field;
  struct task_struct___elsewhere *no_such_pointer;
} __attribute__((preserve_access_index));

BPF_HASH(seen, u32, u64);

static u64 one_of(struct task_struct *task) {
  struct task_struct___elsewhere *other = (void *)task;
  if (bpf_core_field_exists(other->no_such_field)) return other->no_such_field;
  return task->flags;
}

static u64 last_of(struct task_struct *task) {
  struct task_struct___elsewhere *other = (void *)task;
  u64 value = bpf_core_field_exists(other->no_such_pointer) ? other->no_such_pointer->no_such_field : task->pid;
  if (!bpf_core_field_exists(other->no_such_field)) return value;
  return value + BPF_CORE_READ(other, no_such_pointer, no_such_field);
}

RAW_TRACEPOINT_PROBE(sched_switch) {
  struct task_struct *prev = (struct task_struct *)ctx->args[1], *next = (struct task_struct *)ctx->args[2];
  u32 key = one_of(prev);
  if (one_of(prev) & 4) return 0;
  u64 value = last_of(next) + one_of(next);
  seen.update(&key, &value);
  return 0;
}
