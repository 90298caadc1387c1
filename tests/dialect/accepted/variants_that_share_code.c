// A kprobe's program that reads none of its registers is the same code for other hooks: they take that, and no more is made.
// variants counts syscall_enter syscall_exit fentry fexit
// shared counts syscall_enter syscall_exit fentry fexit
// variants sends syscall_enter syscall_exit fentry fexit
// shared sends syscall_enter syscall_exit fentry fexit
// variants tells syscall_enter syscall_exit fentry fexit
// shared tells syscall_enter syscall_exit
// variants reads syscall_enter fentry
// shared reads
BPF_HASH(calls, u32);
BPF_PERF_OUTPUT(events);
int counts(struct pt_regs *ctx) { calls.increment(bpf_get_current_pid_tgid() >> 32); return 0; }
int sends(struct pt_regs *ctx) { u64 now = bpf_ktime_get_ns(); return events.perf_submit(ctx, &now, sizeof(now)), 0; }
int tells(struct pt_regs *ctx) { return bpf_get_current_pid_tgid(); }
int reads(struct pt_regs *ctx, u32 flags) { calls.increment(flags); return 0; }
