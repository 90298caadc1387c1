"""Stacks of probed kernel functions."""

import os

import pytest
from bcc import BPF


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
