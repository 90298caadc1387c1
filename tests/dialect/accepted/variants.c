// A kprobe's program is made for other hooks too, where its context allows it.
// variants kprobe__vfs_read fentry
// variants kretprobe__vfs_read fexit
// variants kprobe__sys_clone syscall_enter fentry
// variants kretprobe__sys_clone syscall_exit fexit
// variants by_driver syscall_enter syscall_exit fentry fexit
// variants by_argument fentry
// variants by_result syscall_exit fexit
// variants by_place
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) { return file->f_flags; }
int kretprobe__vfs_read(struct pt_regs *ctx) { return PT_REGS_RC(ctx); }
int kprobe__sys_clone(struct pt_regs *ctx, unsigned long flags) { return flags; }
int kretprobe__sys_clone(struct pt_regs *ctx) { return PT_REGS_RC(ctx); }
int by_driver(struct pt_regs *ctx) { return bpf_get_current_pid_tgid(); }
int by_argument(struct pt_regs *ctx) { return PT_REGS_PARM2(ctx); }
int by_result(struct pt_regs *ctx) { return (int)PT_REGS_RC(ctx) < 0; }
int by_place(struct pt_regs *ctx) { return PT_REGS_IP(ctx) == 5; }
