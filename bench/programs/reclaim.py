"""Imports bcc and loads a program of usual size: two tracepoints, a map between them, events. Prints what that took.

The script is the same for both sides; PYTHONPATH says whose bcc it is.
"""
import time

start = time.perf_counter()
from bcc import BPF  # noqa: E402

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/mmzone.h>

struct begun {
    u64 when;
    u32 pid;
    char comm[TASK_COMM_LEN];
};

struct reclaim {
    u32 pid;
    char comm[TASK_COMM_LEN];
    u64 pages;
    u64 took;
    u64 when;
};

BPF_HASH(under_way, u32, struct begun);
BPF_PERF_OUTPUT(reclaims);

TRACEPOINT_PROBE(vmscan, mm_vmscan_direct_reclaim_begin) {
    u32 thread = bpf_get_current_pid_tgid();
    struct begun begun = {};
    begun.pid = bpf_get_current_pid_tgid() >> 32;
    begun.when = bpf_ktime_get_ns();
    if (bpf_get_current_comm(&begun.comm, sizeof(begun.comm)) == 0)
        under_way.update(&thread, &begun);
    return 0;
}

TRACEPOINT_PROBE(vmscan, mm_vmscan_direct_reclaim_end) {
    u32 thread = bpf_get_current_pid_tgid();
    u64 now = bpf_ktime_get_ns();
    struct begun *begun = under_way.lookup(&thread);
    if (begun == NULL)
        return 0;  // began before we did
    struct reclaim reclaim = {};
    reclaim.pid = begun->pid;
    reclaim.took = now - begun->when;
    reclaim.when = now / 1000;
    reclaim.pages = args->nr_reclaimed;
    bpf_probe_read_kernel(&reclaim.comm, sizeof(reclaim.comm), begun->comm);
    reclaims.perf_submit(args, &reclaim, sizeof(reclaim));
    under_way.delete(&thread);
    return 0;
}
"""

b = BPF(text=PROGRAM)
seconds = time.perf_counter() - start


def memory_peak_kb() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


peak = memory_peak_kb()
import json  # noqa: E402
import resource  # noqa: E402

child_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"seconds": seconds, "memory_kb": peak, "child_memory_kb": child_peak}))
