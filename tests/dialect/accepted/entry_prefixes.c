// Every prefix of a function's name that says where it goes.
// needs fentry
// program kprobe__vfs_read hook kprobe:vfs_read auto
// program kretprobe__vfs_read hook kretprobe:vfs_read auto
// program tracepoint__sched__sched_switch hook tracepoint:sched:sched_switch auto
// program raw_tracepoint__sched_switch hook raw_tracepoint:sched_switch auto
// program kfunc__vmlinux__vfs_read hook fentry:vmlinux:vfs_read auto
// program kretfunc__vmlinux__vfs_read hook fexit:vmlinux:vfs_read auto
// program plain hook none
// program syscall__openat hook none
int kprobe__vfs_read(struct pt_regs *ctx) { return 0; }
int kretprobe__vfs_read(struct pt_regs *ctx) { return 0; }
int tracepoint__sched__sched_switch(struct tracepoint__sched__sched_switch *args) { return 0; }
int raw_tracepoint__sched_switch(struct bpf_raw_tracepoint_args *ctx) { return 0; }
int kfunc__vmlinux__vfs_read(unsigned long long *ctx) { return 0; }
int kretfunc__vmlinux__vfs_read(unsigned long long *ctx) { return 0; }
int plain(struct pt_regs *ctx) { return 0; }
int syscall__openat(struct pt_regs *ctx) { return 0; }
