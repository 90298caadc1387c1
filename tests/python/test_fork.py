"""Scripts that fork: what a child may do with its parent's buffers and probes, and what it must leave alone."""
import ctypes as ct
import os
import subprocess
import sys
import threading
import time

import pytest
from bcc import BPF

# Every getppid() of the processes that are in the table `watched`.
TEXT = """
struct event { u32 pid; u32 call; };
BPF_HASH(watched, u32, u32);
%s
RAW_TRACEPOINT_PROBE(sys_enter) {
    if (ctx->args[1] != 110) return 0;
    struct event event = {.pid = bpf_get_current_pid_tgid() >> 32};
    u32 *calls = watched.lookup(&event.pid);
    if (!calls) return 0;
    event.call = ++*calls;
    %s
    return 0;
}
"""
PROGRAMS = {
    "perf": TEXT % ("BPF_PERF_OUTPUT(events);", "events.perf_submit(ctx, &event, sizeof(event));"),
    "ring": TEXT % ("BPF_RINGBUF_OUTPUT(events, 8);", "events.ringbuf_output(&event, sizeof(event), 0);"),
}
PATIENCE_S = 60


class Buffer:
    """A buffer of events of either kind, and what came out of it in this process: (pid, number of the call)."""

    def __init__(self, kind):
        self.kind = kind
        self.seen = []
        self.b = BPF(text=PROGRAMS[kind])

    def open(self):
        table = self.b["events"]
        opener = table.open_perf_buffer if self.kind == "perf" else table.open_ring_buffer
        opener(self.on_event)
        return self

    def on_event(self, _, data, size):
        event = self.b["events"].event(data)
        self.seen.append((event.pid, event.call))

    def set_off(self, times):
        """This process calls so many times."""
        watched, pid = self.b["watched"], ct.c_uint(os.getpid())
        if pid not in watched:
            watched[pid] = 0
        for _ in range(times):
            os.getppid()

    def poll(self, timeout=100):
        (self.b.perf_buffer_poll if self.kind == "perf" else self.b.ring_buffer_poll)(timeout)

    def consume(self):
        (self.b.perf_buffer_consume if self.kind == "perf" else self.b.ring_buffer_consume)()

    def wait_for(self, count):
        deadline = time.monotonic() + PATIENCE_S
        while len(self.seen) < count and time.monotonic() < deadline:
            self.poll()


def calls_of(pid, count, first=1):
    return [(pid, call) for call in range(first, first + count)]


class Child:
    """Runs work() in a forked process; result() is what it gave, or an AssertionError with what it raised."""

    def __init__(self, work):
        reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                answer = repr(work())
            except BaseException as error:
                answer = "raise AssertionError(%r)" % repr(error)
            finally:
                os.write(writer, answer.encode())
                os._exit(0)
        os.close(writer)
        self.reader = reader

    def result(self):
        with open(self.reader, "rb") as file:
            answer = file.read().decode()
        _, status = os.waitpid(self.pid, 0)
        assert status == 0, "the child ended with status %d after %r" % (status, answer)
        if answer.startswith("raise "):
            exec(answer)
        return eval(answer)


@pytest.fixture(params=["perf", "ring"])
def buffer(request):
    made = Buffer(request.param)
    yield made
    made.b.cleanup()


def test_a_child_polls_what_its_parent_opened(buffer):
    buffer.open()

    def work():
        buffer.set_off(23)
        buffer.wait_for(23)
        return buffer.seen
    child = Child(work)
    assert child.result() == calls_of(child.pid, 23)
    assert buffer.b["watched"][ct.c_uint(child.pid)].value == 23


def test_a_child_consumes_what_its_parent_opened(buffer):
    buffer.open()

    def work():
        buffer.set_off(5)
        buffer.consume()
        return buffer.seen
    child = Child(work)
    assert child.result() == calls_of(child.pid, 5)


def test_a_child_finds_the_events_from_before_the_fork(buffer):
    buffer.open()
    buffer.set_off(7)

    def work():
        buffer.wait_for(7)
        return buffer.seen
    assert Child(work).result() == calls_of(os.getpid(), 7)


def test_a_daemon_polls_when_those_before_it_are_gone(buffer):
    """fork, exit, fork, exit, go on. The process that opened the buffer has let go of it when the first events come."""
    buffer.open()
    start, go = os.pipe()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os.close(go)
            os.read(start, 1)
            buffer.set_off(9)
            buffer.wait_for(9)
            os.write(writer, repr((os.getpid(), buffer.seen)).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    buffer.b.cleanup()
    os.write(go, b"x")
    with open(reader, "rb") as file:
        pid, seen = eval(file.read())
    assert seen == calls_of(pid, 9)


def test_each_event_goes_to_one_of_several_readers(buffer):
    """Parent and children read the same buffer all the time: no event is lost, none comes twice, all are whole."""
    buffer.open()
    rounds = 40

    def work():
        for _ in range(rounds):
            buffer.set_off(10)
            buffer.poll(1)
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            buffer.poll(10)
        return buffer.seen
    children = [Child(work) for _ in range(2)]
    seen = list(work())
    for child in children:
        seen += child.result()
    buffer.consume()
    pids = [os.getpid(), *(child.pid for child in children)]
    assert sorted(set(seen) | set(buffer.seen)) == sorted(call for pid in pids for call in calls_of(pid, 10 * rounds))
    assert len(seen) == len(set(seen))


def test_a_child_that_opens_the_buffer_does_not_wake_its_parent(buffer):
    """The parent waits in an epoll set of its own: it must not spin for events of a buffer that only the child has."""
    def work():
        buffer.open()
        buffer.set_off(3)
        time.sleep(0.5)
        buffer.wait_for(3)
        return buffer.seen
    child = Child(work)
    before = time.process_time()
    buffer.b.perf_buffer_poll(400)
    assert time.process_time() - before < 0.2
    assert child.result() == calls_of(child.pid, 3)


def test_a_fork_inside_a_callback(buffer):
    """The child returns from the callback and its poll ends: what follows is handed out in the parent, once."""
    children = []

    def on_event(_, data, size):
        buffer.seen.append(buffer.b["events"].event(data).call)
        if len(buffer.seen) == 2 and not children:
            children.append(os.fork())
    table = buffer.b["events"]
    (table.open_perf_buffer if buffer.kind == "perf" else table.open_ring_buffer)(on_event)
    buffer.set_off(5)
    buffer.poll(1000)
    if children[0] == 0:
        os._exit(0 if buffer.seen == [1, 2] else 1)
    while len(buffer.seen) < 5:
        buffer.poll(1000)
    assert buffer.seen == [1, 2, 3, 4, 5] and os.waitpid(children[0], 0)[1] == 0


def test_a_fork_while_another_thread_polls(buffer):
    """That thread does not exist in the child, which can poll, change buffers, and clean up."""
    buffer.open()
    stop, polling = threading.Event(), threading.Event()

    def poll():
        while not stop.is_set():
            polling.set()
            buffer.poll(20)
    poller = threading.Thread(target=poll)
    poller.start()
    polling.wait(PATIENCE_S)
    time.sleep(0.05)

    def work():
        buffer.poll(0)
        buffer.open()
        buffer.b.cleanup()
        return "fine"
    try:
        for _ in range(5):
            assert Child(work).result() == "fine"
    finally:
        stop.set()
        poller.join()


def test_cleaning_up_in_a_child_leaves_the_parents_probes(buffer):
    buffer.open()

    def work():
        buffer.b.cleanup()
        return "done"
    assert Child(work).result() == "done"
    buffer.set_off(4)
    buffer.wait_for(4)
    assert buffer.seen == calls_of(os.getpid(), 4)


def test_a_daemon_that_closed_all_files_is_told(buffer):
    buffer.open()

    def work():
        os.closerange(3, 1024)
        with pytest.raises(Exception, match="this process was forked, and the descriptors of its buffers were closed"):
            buffer.poll(0)
        return "told"
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if work() == "told" else 1)
        finally:
            os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0


EXITING = """
import os, sys
from bcc import BPF
b = BPF(text='BPF_RINGBUF_OUTPUT(r, 1); BPF_STACK_TRACE(s, 16); BPF_PERF_OUTPUT(e);'
             'TRACEPOINT_PROBE(syscalls, sys_enter_getppid) '
             '{ char big[8] = {}; e.perf_submit(args, big, 8); return 0; }')
b["e"].open_perf_buffer(lambda *event: None)
pid = os.fork()
if pid == 0:
    sys.exit(7)
status = os.waitpid(pid, 0)[1] >> 8
b.perf_buffer_poll(0)
sys.exit(status)
"""


def test_a_child_ends_as_any_python_process_does():
    """What is registered with atexit runs in both."""
    script = subprocess.run([sys.executable, "-c", EXITING], capture_output=True, timeout=PATIENCE_S)
    assert (script.returncode, script.stderr) == (7, b"")
