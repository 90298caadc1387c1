// Pointers that came into a struct by an initialiser, designated or not.
// calls probe_read 2
struct both_t { struct file *file; struct task_struct *task; };
int program(struct pt_regs *ctx, struct file *file) {
  struct both_t both = {.file = file, .task = (struct task_struct *)bpf_get_current_task()};
  return both.file->f_flags + both.task->pid;
}
