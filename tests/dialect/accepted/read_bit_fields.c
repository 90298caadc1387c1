// Bit-fields of kernel structs.
int program(struct pt_regs *ctx, struct sock *sk) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  return sk->sk_userlocks + sk->sk_kern_sock + task->in_execve + task->sched_reset_on_fork;
}
