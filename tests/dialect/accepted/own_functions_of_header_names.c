// A program's own functions win over macros that sonde's headers have under their names.
// program program hook none
// calls trace_printk 0
static __always_inline u64 min(u64 a, u64 b) {
  return a < b ? a : b;
}
static u64 max(u64 a, u64 b)
{
  return a > b ? a : b;
}
static inline u32 hash_64(u64 value, unsigned bits) { return value >> bits; }
static __attribute__((always_inline)) int strncmp(const char *a, const char *b, u32 length) { return length; }
static size_t strlen(const char *text) { return text[0]; }
static struct task_struct *get_current(void) { return (struct task_struct *)bpf_get_current_task(); }
static int task_cpu(struct task_struct *task) { return task->wake_cpu; }
static inline int swap(int a) { return a; }
int program(struct pt_regs *ctx) {
  char name[8] = "a";
  return min(1, 2) + max(3, 4) + hash_64(5, 6) + strncmp(name, name, 1) + strlen(name) + task_cpu(get_current()) + swap(7);
}
