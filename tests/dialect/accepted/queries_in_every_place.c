// Answers of CO-RE queries wherever a number may stand, and where nobody uses them.
// program as_result hook none
// program kprobe__vfs_read hook kprobe:vfs_read auto
// calls trace_printk 1 in as_argument
// calls update 1 in stored
#include <linux/sched.h>
#include <bpf/bpf_core_read.h>

BPF_ARRAY(stored_numbers, u64, 4);

#define SIZE bpf_core_type_size(struct task_struct)
#define EXISTS bpf_core_type_exists(struct task_struct)
#define HAS_FIELD bpf_core_field_exists(((struct task_struct *)0)->pid)
#define OFFSET __builtin_preserve_field_info(((struct task_struct *)0)->pid, 0)
#define VALUE bpf_core_enum_value(enum pid_type, PIDTYPE_PID)
#define HAS_VALUE bpf_core_enum_value_exists(enum pid_type, PIDTYPE_PID)
#define TYPE_ID bpf_core_type_id_kernel(struct task_struct)

#define EACH(name, use) \
  int name(struct pt_regs *ctx) { use(SIZE) use(EXISTS) use(HAS_FIELD) use(OFFSET) use(VALUE) use(HAS_VALUE) use(TYPE_ID) return 0; }

#define UNUSED(query) query; (void)query;
#define IN_VARIABLE(query) { int unused = query; }
#define TIMES_ZERO(query) if (query * 0) return 1;
#define SAME_EITHER_WAY(query) switch (query) { case 1: break; case 7: break; }
EACH(unused, UNUSED)
EACH(in_variable, IN_VARIABLE)
EACH(times_zero, TIMES_ZERO)
EACH(same_either_way, SAME_EITHER_WAY)

int as_result(struct pt_regs *ctx) { return SIZE; }
int kprobe__vfs_read(struct pt_regs *ctx) { return OFFSET; }
int kretprobe__vfs_read(struct pt_regs *ctx) { return -VALUE; }

static inline int inlined(void) { return HAS_VALUE; }
static __attribute__((noinline)) int called(int number) { return SIZE + number; }
static __attribute__((noinline)) int answered(void) { TYPE_ID; return HAS_FIELD; }
int of_functions(struct pt_regs *ctx) { return inlined() + called(OFFSET) + answered(); }

int as_argument(struct pt_regs *ctx) {
  bpf_trace_printk("%d %d", SIZE, EXISTS);
  return !HAS_FIELD;
}

int stored(struct pt_regs *ctx) {
  u32 key = VALUE & 3;
  u64 number = SIZE;
  stored_numbers.update(&key, &number);
  return 0;
}

int chosen(struct pt_regs *ctx) {
  int number = 3;
  if (bpf_ktime_get_ns() & 1) number = OFFSET;
  switch (SIZE) {
    case 8: return number;
    case 16: return EXISTS ? 5 : TYPE_ID;
  }
  return bpf_ktime_get_ns() & 2 ? SIZE : HAS_VALUE;
}

int as_index(struct pt_regs *ctx) {
  char text[16] = {};
  text[bpf_ktime_get_ns() & 15] = 1;
  return text[OFFSET & 15];
}
