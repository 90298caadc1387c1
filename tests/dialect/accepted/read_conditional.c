// ?: as the base of an arrow.
// calls probe_read 3
int program(struct pt_regs *ctx, struct task_struct *task) {
  struct task_struct *current_one = (struct task_struct *)bpf_get_current_task();
  return (task ? task : current_one)->pid + (ctx->si ? task->real_parent : current_one)->tgid;
}
