"""What one event of a probe costs: calls with the probe less calls without, for bench/probes. Runs on either `bcc`."""
import json
import os
import sys
import time

from bcc import BPF

TEXT = """
BPF_HASH(counts, u32, u64);
int probe(struct pt_regs *ctx) {
    u32 key = 0;
    counts.increment(key);
    return 0;
}
"""
CALLS = int(sys.argv[1])
ZERO = os.open("/dev/zero", os.O_RDONLY)


def read_a_byte():
    for _ in range(CALLS):
        os.read(ZERO, 1)


def get_parent():
    for _ in range(CALLS):
        os.getppid()


def nanoseconds(work):
    """The least of some runs: what else the kernel does comes on top."""
    took = []
    for _ in range(3):
        start = time.perf_counter_ns()
        work()
        took.append(time.perf_counter_ns() - start)
    return min(took)


def program():
    """The guest's clock leaps while it waits for its disk: sonde then takes a compiler that is being read for one that
    hangs."""
    for _ in range(5):
        try:
            return BPF(text=TEXT)
        except Exception as error:
            if "did not finish within" not in str(error):
                raise
    return BPF(text=TEXT)


def cost(kind, function, work):
    b = program()
    if function == "getppid":
        function = b.get_syscall_fnname("getppid")
    work()
    without = nanoseconds(work)
    attach = b.attach_kretprobe if kind == "return" else b.attach_kprobe
    attach(event=function, fn_name="probe")
    work()
    counts = b["counts"]
    seen = counts[counts.Key(0)].value
    if seen < CALLS:
        sys.exit("bench: %d of %d calls of %s were seen" % (seen, CALLS, function))
    cost = (nanoseconds(work) - without) / CALLS
    b.cleanup()
    return cost


figures = {}
for kind in ("entry", "return"):
    figures["read_" + kind] = cost(kind, "vfs_read", read_a_byte)
    figures["system_call_" + kind] = cost(kind, "getppid", get_parent)
print(json.dumps(figures))
