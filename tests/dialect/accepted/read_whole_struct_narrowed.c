// (*task).pid reads the member alone, not 10 kB of task on the stack.
// calls probe_read 1
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  return (*task).pid;
}
