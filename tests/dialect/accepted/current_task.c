// bpf_get_current_task: directly, by variable, through an integer, from a helper.
// calls probe_read 4
static struct task_struct *current_one(void) { return (struct task_struct *)bpf_get_current_task(); }
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  u64 number = bpf_get_current_task();
  int sum = ((struct task_struct *)bpf_get_current_task())->pid;
  sum += task->tgid;
  sum += ((struct task_struct *)number)->prio;
  return sum + current_one()->static_prio;
}
