// A program's own functions win over macros of a header that it includes, too; what it only declares is not touched.
// program program hook none
#include <linux/sched.h>
#include <linux/hash.h>
#include <linux/kernel.h>
static u32 hash_64(u64 value, unsigned bits);
static int task_nice(struct task_struct *task) { return task->prio; }
static u32 hash_64(u64 value, unsigned bits) { return value >> bits; }
static int round_up(int number) { return number; }
struct jiffies_t { int jiffies, current_uid; };
int program(struct pt_regs *ctx) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct jiffies_t mine = {.jiffies = 5};
  int clamp = 3;
  return task_nice(task) + hash_64(7, 2) + round_up(clamp) + mine.jiffies;
}
