// Who opens files: a row for each open that fails, and at the end how often each process opened one and how long
// opening took. There is no driver; run it with
//
//     sonde run opencount.c          (or ./run examples/opencount.c)
//
// and end it with Ctrl-C, or after ten seconds with -d 10.

struct failure {
    u32 pid;
    char comm[TASK_COMM_LEN];
    int error;
    char path[64];
};

struct call {
    u64 start;
    const char *path;
};

BPF_PERF_OUTPUT(failures);                  // each event is a row
BPF_HASH(calls, u32, struct call);          // by thread: the call that is under way
BPF_HASH(opens, u32);                       // printed at the end: process -> count
BPF_HISTOGRAM(nanoseconds);                 // drawn at the end

TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
    u32 thread = bpf_get_current_pid_tgid();
    struct call call = {bpf_ktime_get_ns(), args->filename};
    calls.update(&thread, &call);
    opens.increment(bpf_get_current_pid_tgid() >> 32);
    return 0;
}

TRACEPOINT_PROBE(syscalls, sys_exit_openat) {
    u32 thread = bpf_get_current_pid_tgid();
    struct call *call = calls.lookup(&thread);
    if (!call)
        return 0;
    nanoseconds.increment(bpf_log2l(bpf_ktime_get_ns() - call->start));
    if (args->ret < 0) {
        struct failure failure = {.pid = bpf_get_current_pid_tgid() >> 32, .error = -args->ret};
        bpf_get_current_comm(&failure.comm, sizeof(failure.comm));
        bpf_probe_read_user_str(&failure.path, sizeof(failure.path), call->path);
        failures.perf_submit(args, &failure, sizeof(failure));
    }
    calls.delete(&thread);
    return 0;
}
