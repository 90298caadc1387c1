// bpf_probe_read of every kind, with arrows under the address: BCC leaves &a->b->c raw.
// calls probe_read 5
// calls probe_read_kernel 1
// calls probe_read_user 1
// calls probe_read_str 1
int program(struct pt_regs *ctx, struct task_struct *task) {
  u64 start = 0, length = 0, flags = 0;
  char name[16];
  bpf_probe_read(&start, sizeof(start), &task->mm->start_code);
  bpf_probe_read_kernel(&length, sizeof(length), &task->mm->total_vm);
  bpf_probe_read_user(&flags, sizeof(flags), (void *)ctx->si);
  bpf_probe_read_str(name, sizeof(name), task->comm);
  bpf_probe_read(&start, sizeof(start), (void *)task->mm);
  return start + length + flags + name[0];
}
