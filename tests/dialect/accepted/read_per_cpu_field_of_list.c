// A list's first entry, through list_head and container_of.
// calls probe_read 2
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  struct list_head *first = task->children.next;
  return container_of(first, struct task_struct, sibling)->pid;
}
