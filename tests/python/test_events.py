"""Events from perf buffers and ring buffers: what callbacks are given, and what becomes of their exceptions."""
import ctypes as ct
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from getppid_program import TEXT, set_off

DATA = "struct data_t { u32 pid; u64 ts; char comm[16]; u8 raw[4]; bool yes; struct { u32 a, b; } in; };"
FILL = """struct data_t data = {}; data.pid = pid; data.ts = bpf_ktime_get_ns(); data.in.b = 42; data.yes = true;
          data.raw[3] = 9; bpf_get_current_comm(&data.comm, sizeof(data.comm)); """
PERF = (DATA + "BPF_PERF_OUTPUT(events);", FILL + "events.perf_submit(ctx, &data, sizeof(data));")
RING = (DATA + "BPF_RINGBUF_OUTPUT(events, 64);", FILL + "events.ringbuf_output(&data, sizeof(data), 0);")


def check(event):
    with open("/proc/self/comm", "rb") as comm:
        assert event.comm == comm.read().strip()
    assert event.pid == os.getpid() and event.yes is True and event.raw[3] == 9 and getattr(event, "in").b == 42
    assert abs(event.ts - time.clock_gettime_ns(time.CLOCK_MONOTONIC)) < 60e9


def test_a_perf_buffer(run):
    b = run(*PERF)
    seen = []

    def on_event(cpu, data, size):
        assert isinstance(data, int) and 0 <= cpu < os.cpu_count() and size >= 48
        seen.append(b["events"].event(data))
        check(seen[-1])
        check(b[b"events"].event(data))
    b["events"].open_perf_buffer(on_event)
    set_off(10)
    b.perf_buffer_poll(1000)
    assert len(seen) == 10


def test_a_ring_buffer(run):
    b = run(*RING)
    seen = []

    def on_event(ctx, data, size):
        assert ctx is None and size == 48
        check(b["events"].event(data))
        seen.append(size)
    b["events"].open_ring_buffer(on_event)
    set_off(10)
    b.ring_buffer_poll(1000)
    assert len(seen) == 10
    set_off(5)
    b.ring_buffer_consume()
    assert len(seen) == 15


def test_events_are_ctypes(run):
    b = run(*PERF)
    seen = []

    class Data(ct.Structure):
        _fields_ = [("pid", ct.c_uint), ("ts", ct.c_ulonglong), ("comm", ct.c_char * 16)]

    def on_event(cpu, data, size):
        by_hand = ct.cast(data, ct.POINTER(Data)).contents
        event = b["events"].event(data)
        assert (by_hand.pid, by_hand.ts, by_hand.comm) == (event.pid, event.ts, event.comm)
        assert ct.addressof(event) == data and ct.sizeof(event) == 48
        assert b["events"].event(ct.cast(data, ct.c_void_p)).ts == event.ts
        assert b["events"].event(data=data).ts == event.ts
        copy = type(event).from_buffer_copy(event)
        seen.append((bytes(copy)[:4], event.pid))
    b["events"].open_perf_buffer(on_event)
    set_off()
    b.perf_buffer_poll(1000)
    assert seen == [(os.getpid().to_bytes(4, "little"), os.getpid())]


def test_a_short_record_reads_as_zeros_behind_its_end(run):
    b = run("struct data_t { u64 a; char text[400]; }; BPF_PERF_OUTPUT(events); BPF_RINGBUF_OUTPUT(ring, 4);",
            """struct data_t data = {}; data.a = 5; data.text[0] = 'x';
               events.perf_submit(ctx, &data, sizeof(data)); ring.ringbuf_output(&data, 16, 0);""")
    seen = []
    b["ring"].open_ring_buffer(lambda ctx, data, size: seen.append((b["events"].event(data), size)))
    set_off(2)
    b.ring_buffer_poll(1000)
    assert [(event.a, event.text, size) for event, size in seen] == [(5, b"x", 16)] * 2


def test_a_table_that_nothing_is_submitted_to_has_no_type(run):
    b = run("BPF_PERF_OUTPUT(events);")
    with pytest.raises(Exception, match="events: nothing in the program is submitted"):
        b["events"].event(0)


def test_polling_returns_in_time(run):
    b = run(*PERF)
    b["events"].open_perf_buffer(lambda *event: None)
    start = time.monotonic()
    b.perf_buffer_poll(timeout=150)
    assert 0.14 < time.monotonic() - start < 1
    start = time.monotonic()
    b.perf_buffer_poll(0)
    b.kprobe_poll(timeout=0)
    assert time.monotonic() - start < 0.1


def test_other_threads_run_while_one_waits(run):
    b = run(*PERF)
    seen = []
    b["events"].open_perf_buffer(lambda *event: seen.append(event))
    waiter = threading.Thread(target=b.perf_buffer_poll, args=(5000,))
    waiter.start()
    start = time.monotonic()
    time.sleep(0.1)
    set_off()
    waiter.join()
    assert len(seen) == 1 and time.monotonic() - start < 3


def test_lost_events_are_told(run):
    b = run(*PERF)
    lost, seen = [], []
    b["events"].open_perf_buffer(lambda *event: seen.append(event), page_cnt=1, lost_cb=lost.append)
    set_off(1000)
    b.perf_buffer_poll(100)
    set_off(1)  # the kernel tells with the next event that fits
    b.perf_buffer_poll(100)
    assert sum(lost) + len(seen) == 1001 and sum(lost) > 500


def test_lost_events_without_a_callback_are_said(run, capfd):
    b = run(*PERF)
    b["events"].open_perf_buffer(lambda *event: None, page_cnt=1)
    set_off(1000)
    b.perf_buffer_poll(100)
    set_off(1)
    b.perf_buffer_poll(100)
    assert "Possibly lost " in capfd.readouterr().err


@pytest.mark.parametrize("pages", [0, 3, -8])
def test_pages_are_a_power_of_two(run, pages):
    b = run(*PERF)
    with pytest.raises(Exception, match="^Perf buffer page_cnt must be a power of two$"):
        b["events"].open_perf_buffer(lambda *event: None, page_cnt=pages)


def test_an_exception_in_a_callback_is_shown_and_the_rest_comes(run, monkeypatch):
    b = run(*PERF)
    seen, shown = [], []
    monkeypatch.setattr(sys, "unraisablehook", shown.append)

    def on_event(cpu, data, size):
        seen.append(size)
        if len(seen) == 2:
            raise ValueError("spoiled")
    b["events"].open_perf_buffer(on_event)
    set_off(5)
    b.perf_buffer_poll(1000)
    assert len(seen) == 5
    assert [str(each.exc_value) for each in shown] == ["spoiled"] and shown[0].object is on_event


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("program, opener, poll", [
    (PERF, "open_perf_buffer", "perf_buffer_poll"), (RING, "open_ring_buffer", "ring_buffer_poll")])
def test_the_script_may_end_from_inside_a_callback(run, kind, program, opener, poll):
    b = run(*program)
    seen = []

    def on_event(*event):
        seen.append(event)
        raise kind()
    getattr(b["events"], opener)(on_event)
    set_off(3)
    with pytest.raises(kind):
        getattr(b, poll)(1000)
    assert len(seen) == 1


def test_a_ring_callback_can_end_the_poll(run):
    b = run(*RING)
    seen = []
    b["events"].open_ring_buffer(lambda ctx, data, size: seen.append(ctx) or -1, ctx="mine")
    set_off(3)
    b.ring_buffer_poll(1000)
    assert seen == ["mine"]
    b.ring_buffer_poll(1000)
    assert seen == ["mine"] * 2


DISCARDING = ("BPF_RINGBUF_OUTPUT(events, 8); BPF_ARRAY(discarded, u64, 1);",
              "u64 *p = events.ringbuf_reserve(8); if (p) { discarded.increment(0); events.ringbuf_discard(p, 0); }")


def test_a_poll_ends_when_all_records_were_discarded(run):
    """A script that polls without a timeout does its own work in between."""
    b = run(*DISCARDING)
    seen, done = [], threading.Event()
    b["events"].open_ring_buffer(lambda *event: seen.append(event))

    def poll():
        b.ring_buffer_poll()
        done.set()
    set_off(1)
    threading.Thread(target=poll, daemon=True).start()
    assert done.wait(30), "one that is there before the poll"
    done.clear()
    waiting = threading.Thread(target=poll, daemon=True)
    waiting.start()
    time.sleep(0.05)
    set_off(1)
    assert done.wait(30), "one that comes while it waits"
    waiting.join()
    start = time.monotonic()
    b.ring_buffer_poll(100)
    assert time.monotonic() - start > 0.09, "there is none any more"
    assert seen == [] and b["discarded"][0].value == 2


@pytest.mark.parametrize("timeout", [50, 50.5, 49.1, True, ct.c_int(50).value, 50.0])
def test_a_timeout_is_any_number(run, timeout):
    b = run(PERF[0] + RING[0][len(DATA):].replace("events", "ring"), PERF[1])
    b["events"].open_perf_buffer(lambda *event: None)
    b["ring"].open_ring_buffer(lambda *event: None)
    for poll in (b.perf_buffer_poll, b.kprobe_poll, b.ring_buffer_poll):
        start = time.monotonic()
        poll(timeout=timeout)
        assert time.monotonic() - start >= timeout / 1000


@pytest.mark.parametrize("timeout", [-1, -0.5, None, 1 << 31, 1 << 70, -(1 << 70), float("inf")])
def test_timeouts_that_are_for_ever(run, timeout):
    b = run(*PERF)
    seen = []
    b["events"].open_perf_buffer(lambda *event: seen.append(event))
    waiter = threading.Thread(target=b.perf_buffer_poll, args=(timeout,))
    waiter.start()
    waiter.join(0.1)
    assert waiter.is_alive()
    set_off()
    waiter.join(30)
    assert not waiter.is_alive() and len(seen) == 1


@pytest.mark.parametrize("timeout, kind", [("50", TypeError), ([], TypeError), (float("nan"), ValueError)])
def test_timeouts_that_are_no_numbers(run, timeout, kind):
    b = run(*PERF)
    b["events"].open_perf_buffer(lambda *event: None)
    with pytest.raises(kind):
        b.perf_buffer_poll(timeout)


def test_perf_buffers_of_single_cpus(run):
    """As BCC opens them itself, one CPU after the other; each may have a callback of its own."""
    b = run(*PERF)
    seen = {}

    def open_on(cpu):
        b["events"]._open_perf_buffer(cpu, lambda at, data, size: seen.setdefault(cpu, []).append(at), 8, None, 1)
    for cpu in os.sched_getaffinity(0):
        open_on(cpu)
    assert {cpu for _, cpu in b.perf_buffers} == os.sched_getaffinity(0)
    home = os.sched_getaffinity(0)
    for cpu in home:
        os.sched_setaffinity(0, {cpu})
        set_off(3)
    os.sched_setaffinity(0, home)
    b.perf_buffer_consume()
    assert seen == {cpu: [cpu] * 3 for cpu in home}


def test_a_ring_buffer_by_its_descriptor(run):
    from bcc.libbcc import _RINGBUF_CB_TYPE
    b = run(*RING)
    seen = []
    b._open_ring_buffer(b["events"].map_fd, _RINGBUF_CB_TYPE(lambda ctx, data, size: seen.append(size) or 0))
    set_off(2)
    b.ring_buffer_poll(1000)
    assert seen == [48, 48]
    with pytest.raises(Exception, match="Could not open ring buffer: 12345 is not"):
        b._open_ring_buffer(12345, print)


def test_a_signal_ends_the_wait(run):
    b = run(*PERF)
    b["events"].open_perf_buffer(lambda *event: None)
    caught = []
    old = signal.signal(signal.SIGALRM, lambda *args: caught.append(args))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        start = time.monotonic()
        b.perf_buffer_poll()
        assert caught and time.monotonic() - start < 2
    finally:
        signal.signal(signal.SIGALRM, old)


def test_waiting_inside_a_callback_is_refused(run):
    b = run(*PERF)
    errors = []

    def on_event(cpu, data, size):
        for call in (b.perf_buffer_poll, lambda: b["events"].open_perf_buffer(print)):
            try:
                call()
            except Exception as error:
                errors.append(str(error))
    b["events"].open_perf_buffer(on_event)
    set_off()
    b.perf_buffer_poll(1000)
    assert len(errors) == 2 and all("events are being waited for already" in error for error in errors)


def test_cleaning_up_inside_a_callback(run):
    b = run(*PERF)
    seen = []

    def on_event(*event):
        seen.append(event)
        b.cleanup()
    b["events"].open_perf_buffer(on_event)
    set_off()
    b.perf_buffer_poll(1000)
    assert len(seen) == 1
    with pytest.raises(Exception, match="closed"):
        b.perf_buffer_poll(0)


def test_ring_buffers_must_be_opened_first(run):
    b = run(*RING)
    for call in (b.ring_buffer_poll, b.ring_buffer_consume):
        with pytest.raises(Exception, match="^No ring buffers to poll$"):
            call()


SCRIPT = """
import os, sys
from bcc import BPF
b = BPF(text=%r, cflags=["-DPID=%%d" %% os.getpid()])
def on_event(cpu, data, size):
    print(b["events"].event(data).comm, flush=True)
b["events"].open_perf_buffer(on_event)
print("ready", flush=True)
while True:
    for _ in range(10): os.getppid()
    b.perf_buffer_poll(TIMEOUT)
""" % (TEXT % {"declarations": PERF[0], "body": PERF[1]})


def test_a_reader_that_goes_away_ends_the_script_quietly():
    script = subprocess.Popen([sys.executable, "-c", SCRIPT.replace("TIMEOUT", "100")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    script.stdout.readline(), script.stdout.readline()
    script.stdout.close()
    assert script.wait(10) == 0
    assert script.stderr.read() == b""


@pytest.mark.parametrize("timeout", ["", "100"])
def test_control_c_comes_through_at_once(timeout):
    without_events = SCRIPT.replace("for _ in range(10): os.getppid()", "pass")
    script = subprocess.Popen([sys.executable, "-c", without_events.replace("TIMEOUT", timeout)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert script.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    start = time.monotonic()
    script.send_signal(signal.SIGINT)
    script.wait(10)
    assert time.monotonic() - start < 1
    assert b"KeyboardInterrupt" in script.stderr.read()
