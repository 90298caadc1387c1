// An element of an array in a struct: BCC scales the index by the whole array.
// calls probe_read 2
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  return task->comm[2] + task->comm[ctx->di & 15];
}
