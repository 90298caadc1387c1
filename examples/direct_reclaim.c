// Who had to wait because memory ran short: a row for each direct reclaim, with how long the process was held up and
// how many pages it freed for itself. There is no driver:
//
//     sonde run direct_reclaim.c                 compiles and runs it
//     sonde cc direct_reclaim.c -o direct.o      for a machine without a compiler: sonde run direct.o

struct stall {
    u32 pid;
    char comm[TASK_COMM_LEN];
    u64 nanoseconds;
    u64 pages;
};

BPF_HASH(began, u32, u64);  // by thread: when its reclaim began
BPF_PERF_OUTPUT(stalls);

TRACEPOINT_PROBE(vmscan, mm_vmscan_direct_reclaim_begin) {
    u32 thread = bpf_get_current_pid_tgid();
    u64 now = bpf_ktime_get_ns();
    began.update(&thread, &now);
    return 0;
}

TRACEPOINT_PROBE(vmscan, mm_vmscan_direct_reclaim_end) {
    u32 thread = bpf_get_current_pid_tgid();
    u64 *start = began.lookup(&thread);
    if (!start)
        return 0;  // it began before we did
    struct stall stall = {
        .pid = bpf_get_current_pid_tgid() >> 32,
        .nanoseconds = bpf_ktime_get_ns() - *start,
        .pages = args->nr_reclaimed,
    };
    bpf_get_current_comm(&stall.comm, sizeof(stall.comm));
    stalls.perf_submit(args, &stall, sizeof(stall));
    began.delete(&thread);
    return 0;
}
