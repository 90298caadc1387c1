"""Programs at perf events: counts of this process's page faults, and errors that say what would have worked."""
import mmap
import os
from pathlib import Path

import pytest
from bcc import BPF, Perf, PerfHWConfig, PerfSWConfig, PerfType
from kernel_features import kernel_has

TEXT = """
BPF_ARRAY(hits, u64, 1);
int hit(struct bpf_perf_event_data *ctx) {
    hits.atomic_increment(0);
    return 0;
}
"""
CACHE_LL, OP_READ, RESULT_MISS = 2, 0, 1
LLC_LOAD_MISSES = CACHE_LL | OP_READ << 8 | RESULT_MISS << 16


@pytest.fixture
def b():
    with BPF(text=TEXT) as b:
        yield b


def touch(pages):
    with mmap.mmap(-1, pages * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        for at in range(0, len(memory), mmap.PAGESIZE):
            memory[at] = 1


def hits(b):
    return b["hits"][0].value


def counted(b, pages):
    """The least of a few times: the interpreter may touch a page of its own in between."""
    def once():
        before = hits(b)
        touch(pages)
        return hits(b) - before
    once()
    return min(once() for _ in range(5))


def test_every_page_fault(b):
    b.attach_perf_event(PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS, "hit", sample_period=1, pid=os.getpid())
    assert counted(b, 2000) == 2000
    assert (PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS) in b.open_perf_events
    b.detach_perf_event(PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS)
    assert counted(b, 100) == 0
    with pytest.raises(Exception, match="^Perf event type 1 config 2 not attached$"):
        b.detach_perf_event(PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS)


def test_a_whole_attr(b):
    attr = Perf.perf_event_attr()
    attr.type, attr.config, attr.sample_period = PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS_MIN, 10
    b.attach_perf_event_raw(attr=attr, fn_name=b"hit", pid=os.getpid())
    assert counted(b, 2000) == 200
    b.detach_perf_event(PerfType.SOFTWARE, PerfSWConfig.PAGE_FAULTS_MIN)
    assert counted(b, 100) == 0


def test_cache_events_or_why_not(b):
    attach = lambda: b.attach_perf_event(PerfType.HW_CACHE, LLC_LOAD_MISSES, "hit", sample_period=100_000)  # noqa: E731
    if kernel_has("hardware_counters"):
        attach()
        return
    with pytest.raises(Exception) as refused:
        attach()
    assert str(refused.value) == (
        "Failed to attach BPF to perf event: perf_event LLC-load-misses: this machine has no hardware counters, like "
        "many virtual ones\n  hint: the software event cpu-clock (type 1, config 0) samples by time, everywhere")
    assert b.open_perf_events == {}


def test_cycles_or_why_not(b):
    if kernel_has("hardware_counters"):
        b.attach_perf_event(PerfType.HARDWARE, PerfHWConfig.CPU_CYCLES, "hit", sample_freq=49)
        return
    with pytest.raises(Exception, match="perf_event cpu-cycles: this machine has no hardware counters"):
        b.attach_perf_event(PerfType.HARDWARE, PerfHWConfig.CPU_CYCLES, "hit", sample_freq=49)


def test_mistakes_are_named(b):
    clock = {"ev_type": PerfType.SOFTWARE, "ev_config": PerfSWConfig.CPU_CLOCK, "fn_name": "hit"}
    limit = int(Path("/proc/sys/kernel/perf_event_max_sample_rate").read_text())
    ended = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(ended, 0)
    for options, said in (
            ({}, "perf_event cpu-clock: exactly one of sample_period and sample_freq must be given"),
            ({"sample_freq": 1 << 30},
             f"a sample_freq of {1 << 30} Hz is above kernel.perf_event_max_sample_rate, which is {limit}"),
            ({"sample_freq": 99, "cpu": 9999}, "perf_event cpu-clock: CPU 9999 is not online"),
            ({"sample_freq": 99, "pid": ended}, f"perf_event cpu-clock: there is no process {ended}"),
            ({"sample_freq": 99, "ev_config": 99},
             "perf_event type 1 config 0x63: there is no such config for the type"),
            ({"sample_freq": 99, "ev_type": PerfType.TRACEPOINT},
             "hint: attach_tracepoint() takes them by their names"),
            ({"sample_freq": 99, "ev_type": -1}, "ev_type and ev_config say which")):
        with pytest.raises(Exception) as refused:
            b.attach_perf_event(**{**clock, **options})
        assert said in str(refused.value)
    with pytest.raises(Exception, match="Unknown program hat"):
        b.attach_perf_event(**{**clock, "fn_name": "hat", "sample_freq": 99})
    assert b.open_perf_events == {}


def test_counters_in_a_table_name_what_is_missing():
    with BPF(text="BPF_PERF_ARRAY(cycles, 256);") as b:
        if kernel_has("hardware_counters"):
            b["cycles"].open_perf_event(PerfType.HARDWARE, PerfHWConfig.CPU_CYCLES)
            return
        said = "bpf_open_perf_event failed: perf_event cpu-cycles: this machine has no hardware"
        with pytest.raises(Exception, match=said):
            b["cycles"].open_perf_event(PerfType.HARDWARE, PerfHWConfig.CPU_CYCLES)
