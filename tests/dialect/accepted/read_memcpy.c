// memcpy and __builtin_memcpy of a kernel array, memcmp with one.
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  char name[16], again[16];
  memcpy(name, task->comm, sizeof(name));
  __builtin_memcpy(again, &task->comm, sizeof(again));
  return name[0] + again[1] + (memcmp(task->comm, "bash", 4) == 0);
}
