"""The program whose events bench/events and bench/event_rate take in: 64 bytes each, at a system call of one
process."""

TEXT = r"""
struct event {
    u64 when;
    u32 pid;
    u32 serial;
    char comm[16];
    u64 more[4];
};
BUFFER

TRACEPOINT_PROBE(syscalls, sys_enter_CALL) {
    if (bpf_get_current_pid_tgid() >> 32 != MAKER)
        return 0;
    struct event event = {};
    event.when = bpf_ktime_get_ns();
    event.pid = MAKER;
    event.serial = args->ARGUMENT;
    bpf_get_current_comm(&event.comm, sizeof(event.comm));
    SUBMITS
    return 0;
}
"""
BUFFERS = {
    "perf": ("BPF_PERF_OUTPUT(events);", "events.perf_submit(args, &event, sizeof(event));"),
    "ring": ("BPF_RINGBUF_OUTPUT(events, %s);", "events.ringbuf_output(&event, sizeof(event), 0);"),
}


def text_for(kind, pages, maker, call, argument, times=1):
    """C text: `times` events for each `call` of the process `maker`, with its `argument` as their serial number."""
    buffer, submit = BUFFERS[kind]
    buffer = buffer % pages if "%" in buffer else buffer
    text = TEXT.replace("BUFFER", buffer).replace("SUBMITS", submit * times).replace("MAKER", str(maker))
    return text.replace("CALL", call).replace("ARGUMENT", argument)
