"""Several threads of Python: each with objects of its own, or one with the events and another with the tables."""
import os
import sys
import threading
import time

import pytest
from bcc import BPF, _core

from getppid_program import set_off

COUNTING = """
BPF_ARRAY(hits, u64, 1);
BPF_HASH(by_pid, u32, u64);
BPF_PERF_OUTPUT(events);
struct event { u32 pid; u32 object; };
RAW_TRACEPOINT_PROBE(sys_enter) {
    struct event event = {bpf_get_current_pid_tgid() >> 32, OBJECT};
    if (ctx->args[1] != 110 || event.pid != PID) return 0;
    hits.increment(0);
    by_pid.increment(event.pid);
    events.perf_submit(ctx, &event, sizeof(event));
    return 0;
}
"""


def counting(number=0):
    return BPF(text=COUNTING, cflags=["-DPID=%d" % os.getpid(), "-DOBJECT=%d" % number])


def in_threads(work, count):
    """Runs work(number) in threads; raises what one of them raised."""
    failures = []

    def guarded(number):
        try:
            work(number)
        except BaseException as error:
            failures.append(error)
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failures:
        raise failures[0]


def test_objects_of_several_threads_do_not_meet():
    """Each compiles a text of its own, loads, attaches, polls, and reads tables."""
    ready = threading.Barrier(4)

    def work(number):
        seen = []
        with counting(os.getpid() * 10 + number) as b:
            b["events"].open_perf_buffer(lambda cpu, data, size: seen.append(b["events"].event(data).object))
            ready.wait(60)
            if number == 0:
                set_off(100)
            deadline = time.monotonic() + 60
            while len(seen) < 100 and time.monotonic() < deadline:
                b.perf_buffer_poll(100)
            assert seen == [os.getpid() * 10 + number] * 100
            assert b["hits"][0].value == 100 and [leaf.value for leaf in b["by_pid"].values()] == [100]
    in_threads(work, 4)


def test_tables_are_read_while_another_thread_polls():
    events, stop = [], threading.Event()
    with counting() as b:
        b["events"].open_perf_buffer(lambda cpu, data, size: events.append(size), page_cnt=64)

        def poll():
            while not stop.is_set():
                b.perf_buffer_poll(10)
        poller = threading.Thread(target=poll)
        poller.start()
        for done in range(1, 301):
            set_off()
            assert b["hits"][0].value == done == b["by_pid"].values()[0].value
            b["by_pid"].items_lookup_batch()
        deadline = time.monotonic() + 60
        while len(events) < 300 and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.set()
        poller.join()
    assert len(events) == 300


def test_an_object_is_attached_and_detached_while_another_thread_polls():
    with BPF(text="BPF_PERF_OUTPUT(events); int enter(void *ctx) { return 0; }") as b:
        b["events"].open_perf_buffer(lambda *event: None)
        stop = threading.Event()
        poller = threading.Thread(target=lambda: [b.perf_buffer_poll(1) for _ in iter(stop.is_set, True)])
        poller.start()
        for _ in range(20):
            b.attach_raw_tracepoint("sys_enter", "enter")
            b.detach_raw_tracepoint("sys_enter")
        stop.set()
        poller.join()


def test_one_object_in_several_threads():
    """They take turns, whatever they do to it."""
    programs = "".join("int f%d(struct bpf_raw_tracepoint_args *ctx) { return 0; }\n" % i for i in range(4))
    events = ("sys_enter", "sys_exit", "sched_switch", "sched_wakeup")
    with BPF(text=programs) as b:
        def work(number):
            for _ in range(10):
                b.attach_raw_tracepoint(events[number], "f%d" % number)
                assert 1 <= len(b._session.attachments()) <= 4
                b.detach_raw_tracepoint(events[number])
        in_threads(work, 4)
        assert b._session.attachments() == []


def test_closing_ends_the_wait_of_another_thread():
    b = counting()
    b["events"].open_perf_buffer(lambda *event: None)
    waiting = threading.Event()

    def poll():
        waiting.set()
        with pytest.raises(Exception, match="closed"):
            while True:
                b.perf_buffer_poll()
    poller = threading.Thread(target=poll)
    poller.start()
    waiting.wait(60)
    b.cleanup()
    poller.join(60)
    assert not poller.is_alive()


def lets_others_run(call, deadline_s=10):
    """Whether the interpreter's lock is given up in `call`: nothing else takes it away from this thread here."""
    ticks, stop = [0], threading.Event()

    def tick():
        while not stop.is_set():
            ticks[0] += 1
            time.sleep(0)
    old = sys.getswitchinterval()
    ticking = threading.Thread(target=tick)
    ticking.start()
    sys.setswitchinterval(1000)
    try:
        deadline = time.monotonic() + deadline_s
        while time.monotonic() < deadline:  # a short call may be over before the other thread woke up
            before = ticks[0]
            call()
            if ticks[0] != before:
                return True
        return False
    finally:
        sys.setswitchinterval(old)
        stop.set()
        ticking.join()


def test_the_lock_is_given_up_while_others_work():
    text = b"int f(struct bpf_raw_tracepoint_args *ctx) { return 0; } BPF_PERF_OUTPUT(e); BPF_RINGBUF_OUTPUT(r, 1);"
    compiled = _core.compile(text, "/virtual/main.c", [], 0)
    session = _core.Session(compiled)
    session.map("e").open_perf_buffer(len, None, 1, 1)

    def attach_and_detach():
        session.attach_raw_tracepoint("sys_enter", "f")
        session.detach("raw_tracepoint", "sys_enter", "f")
    assert lets_others_run(lambda: _core.compile(text, "/virtual/main.c", [], 0))
    assert lets_others_run(lambda: _core.Session(compiled))
    assert lets_others_run(attach_and_detach)
    assert lets_others_run(lambda: session.poll_perf_buffers(1))
    assert lets_others_run(lambda: _core.Session(compiled).close())
    assert not lets_others_run(session.map_names, deadline_s=0.2), "the test sees when it is kept"
