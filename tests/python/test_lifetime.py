"""How long BPF objects live: closed, left by a `with`, dropped, or open until the process ends."""
import gc
import os
import subprocess
import sys
import threading
import weakref

import pytest
from bcc import BPF, _get_num_open_probes

from getppid_program import set_off

PAGE = os.sysconf("SC_PAGE_SIZE")
TEXT = """
BPF_ARRAY(hits, u64, 1);
BPF_HASH(pids, u32, u64);
BPF_PERF_OUTPUT(events);
struct event { u64 time; };
int enter(struct bpf_raw_tracepoint_args *ctx) {
    if (ctx->args[1] != 110 || (bpf_get_current_pid_tgid() >> 32) != PID) return 0;
    struct event event = {bpf_ktime_get_ns()};
    hits.increment(0);
    events.perf_submit(ctx, &event, sizeof(event));
    return 0;
}
"""


def made():
    return BPF(text=TEXT, cflags=["-DPID=%d" % os.getpid()])


def used(b):
    """An object with an attachment, tables and a buffer, whose callback refers to the object."""
    def on_event(cpu, data, size):
        b["events"].event(data)
    b.attach_raw_tracepoint("sys_enter", "enter")
    b["events"].open_perf_buffer(on_event, page_cnt=1)
    set_off()
    b.perf_buffer_poll(0)
    assert b["hits"][0].value >= 1 and len(b["pids"]) == 0
    return b


def closed():
    used(made()).cleanup()


def left():
    with made() as b:
        used(b)


def dropped():
    """Without a callback that refers to the object: such a one waits for the garbage collector, here as anywhere."""
    b = made()
    b.attach_raw_tracepoint("sys_enter", "enter")
    b["events"].open_perf_buffer(len, page_cnt=1)
    assert b["hits"][0].value == 0 and b.load_func("enter", BPF.RAW_TRACEPOINT).fd > 2
    del b


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def mapped_pages():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1])


def threads_and_children():
    return len(os.listdir("/proc/self/task")), open("/proc/self/task/%d/children" % os.getpid()).read()


# A page for ten objects: of the thousand, one that kept even its callback or its spec (5 KB) would take ten times that.
ALLOWED_PAGES = 100


def live_and_die(live, times):
    """In eight threads: most of an object's time is the kernel's, which waits until no CPU can be in its program any
    more."""
    threads = [threading.Thread(target=lambda: [live() for _ in range(times // 8)]) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


@pytest.mark.parametrize("live", [closed, left, dropped])
def test_a_thousand_objects_leave_nothing(live):
    live_and_die(live, 160)  # caches of the interpreter, the allocator and ours fill
    gc.collect()
    before = descriptors(), threads_and_children(), _get_num_open_probes()
    pages = mapped_pages()
    live_and_die(live, 1000)
    pages = mapped_pages() - pages
    assert (descriptors(), threads_and_children(), _get_num_open_probes()) == before
    assert pages < ALLOWED_PAGES


def test_a_callback_that_refers_to_its_object_does_not_keep_it():
    before = descriptors()
    seen = weakref.ref(used(made()))
    gc.collect()
    assert seen() is None and descriptors() == before


def test_dropping_the_object_detaches():
    counts = made()
    table = counts["hits"]
    counts.attach_raw_tracepoint("sys_enter", "enter")
    set_off()
    assert table[0].value == 1 and table.bpf is counts
    del counts
    set_off()
    assert table[0].value == 2 and table.bpf is None, "its table keeps the program running"
    before = descriptors()
    del table
    assert descriptors() < before


def test_a_program_keeps_its_descriptor():
    function = made().load_func("enter", BPF.RAW_TRACEPOINT)
    assert os.readlink("/proc/self/fd/%d" % function.fd) == "anon_inode:bpf-prog" and function.bpf is None


def test_a_constructor_that_fails_leaves_nothing(capfd):
    def fail():
        with pytest.raises(Exception, match="Failed to compile"):
            BPF(text="int f(void *ctx) { return x; }")
        with pytest.raises(Exception, match="Unable to|attach|no_such"):
            BPF(text="TRACEPOINT_PROBE(sched, sched_switch) { return 0; } "
                "RAW_TRACEPOINT_PROBE(no_such_event) { return 0; }")
    fail()
    gc.collect()
    before = descriptors()
    fail()
    gc.collect()
    assert descriptors() == before


AT_EXIT = """
import atexit, os
from bcc import BPF
class Said(BPF):
    def cleanup(self):
        print("cleanup", self.number, self.module is not None and not self.module.closed)
        super().cleanup()
atexit.register(lambda: print("registered before"))
def made(number):
    b = Said(text="BPF_HASH(h);")
    b.number = number
    return b
first, second = made(1), made(2)
made(3)
atexit.register(lambda: print("registered after", len(first["h"])))
"""


def test_what_is_open_at_the_end_is_cleaned_up_last_first():
    done = subprocess.run([sys.executable, "-c", AT_EXIT], capture_output=True, text=True)
    assert done.stdout == "registered after 0\ncleanup 2 True\ncleanup 1 True\nregistered before\n", done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("handler", ["", "signal.signal(signal.SIGINT, lambda *_: sys.exit(3))"])
def test_control_c_during_the_clean_up_at_exit_lets_it_finish(handler):
    script = """
import atexit, os, signal, sys
from bcc import BPF
class Pressed:
    def close(self):
        os.kill(os.getpid(), signal.SIGINT)
def is_clean():
    print("clean" if b.module is None else "open")
atexit.register(is_clean)
%s
b = BPF(text="BPF_ARRAY(hits, u64, 1);")
b["pressed"] = Pressed()
raise SystemExit(4)
""" % handler
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (4, "clean\n", "")
