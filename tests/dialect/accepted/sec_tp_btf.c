// A raw tracepoint whose arguments the verifier knows the types of: they are read directly.
// program on_exec hook tp_btf:sched_process_exec auto
// no probe_read
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid) { return task->pid == old_pid; }
