// A pointer in an integer has no members.
// error 6:16: member reference type 'u64' (aka 'unsigned long long') is not a pointer
// hint: a number has no members: cast it to a pointer first, ((struct task_struct *)number)->pid
int program(struct pt_regs *ctx) {
  u64 task = bpf_get_current_task();
  return task->pid;
}
