"""Whole scripts as users have them, started as they start them."""
import os
import signal
import subprocess
import sys
import threading

from hello import GREETING, said_to_forks

HEADER_AND_EVENTS = r"""
from __future__ import print_function
from bcc import BPF
import sys
bpf_text = '''
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
struct data_t { u32 pid; u64 delta; char name[TASK_COMM_LEN]; };
BPF_HASH(start, u32, u64);
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(raw_syscalls, sys_enter) {
    u32 pid = bpf_get_current_pid_tgid();
    u64 ts = bpf_ktime_get_ns();
    if (args->id == 110) start.update(&pid, &ts);
    return 0;
}
TRACEPOINT_PROBE(raw_syscalls, sys_exit) {
    u32 pid = bpf_get_current_pid_tgid();
    struct data_t data = {};
    u64 *tsp = start.lookup(&pid);
    if (tsp == NULL) return 0;
    data.delta = bpf_ktime_get_ns() - *tsp;
    data.pid = pid;
    bpf_get_current_comm(&data.name, sizeof(data.name));
    events.perf_submit(args, &data, sizeof(data));
    start.delete(&pid);
    return 0;
}
'''
b = BPF(text=bpf_text)
print("%-14s %-6s %8s" % ("COMM", "PID", "LAT(ms)"))
def print_event(cpu, data, size):
    event = b["events"].event(data)
    print("%-14.14s %-6s %8.2f" % (event.name.decode('utf-8', 'replace'), event.pid, float(event.delta) / 1000000))
    sys.stdout.flush()
b["events"].open_perf_buffer(print_event, page_cnt=64)
sys.stdout.flush()
while 1:
    try:
        b.perf_buffer_poll()
    except KeyboardInterrupt:
        exit()
"""


def test_hello_world():
    """On a kernel without kprobes too: there it takes the system call's tracepoint."""
    said = said_to_forks(deadline_s=30)
    assert GREETING in said, said


def test_a_script_with_events_ends_on_control_c():
    with subprocess.Popen([sys.executable, "-c", HEADER_AND_EVENTS], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as script:
        assert script.stdout.readline() == "COMM           PID     LAT(ms)\n", script.stderr.read()
        own = "%-14.14s %-6d " % (open("/proc/self/comm").read().strip(), os.getpid())
        threading.Timer(0.5, os.getppid).start()  # the header may come before the buffer is open
        line = script.stdout.readline()
        while not line.startswith(own[:15]):  # the machine does other things, too
            line = script.stdout.readline()
        script.send_signal(signal.SIGINT)
        assert script.wait(10) == 0
        assert script.stderr.read() == ""
