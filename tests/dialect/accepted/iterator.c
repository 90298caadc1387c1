// BPF_ITER over the tasks.
// program bpf_iter__task hook iter:task
BPF_ITER(task) {
  struct task_struct *task = ctx->task;
  if (!task) return 0;
  pid_t pid = task->pid;
  return bpf_seq_write(ctx->meta->seq, &pid, sizeof(pid)) ? 1 : 0;
}
