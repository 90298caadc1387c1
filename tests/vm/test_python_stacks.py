"""Stacks and perf events on this guest's kernel: what holds on the machine, and stacks of probed kernel functions."""

import os
import subprocess
import sys

import pytest
from bcc import BPF
from places import REPOSITORY


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", ["test_stacks.py", "test_perf_events.py"])
def test_what_holds_on_the_machine(file):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", REPOSITORY / "tests/python" / file]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.needs("kprobe")
def test_a_probed_kernel_function_has_its_callers():
    with BPF(text="""
        BPF_STACK_TRACE(stacks, 64); BPF_HASH(ids, int);
        int kprobe__vfs_read(struct pt_regs *ctx) {
            if (bpf_get_current_pid_tgid() >> 32 == PID) ids.increment(stacks.get_stackid(ctx, 0));
            return 0;
        }
    """, cflags=["-DPID=%d" % os.getpid()]) as b:
        with open("/proc/self/comm", "rb") as file:
            file.read()
        ids = [key.value for key in b["ids"].keys()]
        assert ids and min(ids) >= 0
        for stack_id in ids:
            names = list(b["stacks"].walk(stack_id, b.ksym))
            assert names[0] == b"vfs_read" and b"do_syscall_64" in names
