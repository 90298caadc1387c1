"""bcc.containers: programs that look only at processes of chosen control groups and mount namespaces, by pinned tables."""
import ctypes as ct
import os
import subprocess
from types import SimpleNamespace

import pytest
from bcc import BPF
from bcc.containers import filter_by_containers
from bcc.libbcc import lib

COUNTING = """
BPF_ARRAY(hits, u64, 1);
RAW_TRACEPOINT_PROBE(sys_enter) {
    if (ctx->args[1] != 110 || (bpf_get_current_pid_tgid() >> 32) != PID || container_should_be_filtered()) return 0;
    hits.increment(0);
    return 0;
}
"""
HASH, BPF_ANY = 1, 0


@pytest.fixture
def bpf_files(tmp_path):
    subprocess.run(["mount", "-t", "bpf", "bpf", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.fixture
def pinned(bpf_files):
    """pinned(name, value_size) gives (path, descriptor) of an empty set of u64."""
    fds = []

    def make(name, value_size):
        fd = lib.bcc_create_map(HASH, name.encode(), 8, value_size, 1024, 0)
        path = bpf_files / name
        assert fd > 2 and lib.bpf_obj_pin(fd, os.fsencode(path)) == 0
        fds.append(fd)
        return path, fd
    yield make
    for fd in fds:
        os.close(fd)


def add(fd, number):
    assert lib.bpf_update_elem(fd, ct.byref(ct.c_ulonglong(number)), ct.byref(ct.c_ulonglong(1)), BPF_ANY) == 0


def seen(b):
    before = b["hits"][0].value
    for _ in range(10):
        os.getppid()
    return b["hits"][0].value - before


def test_only_chosen_mount_namespaces(pinned):
    path, fd = pinned("mounts", 4)
    arguments = SimpleNamespace(cgroupmap=None, mntnsmap=str(path))
    with BPF(text=filter_by_containers(arguments) + COUNTING, cflags=["-DPID=%d" % os.getpid()]) as b:
        assert seen(b) == 0
        add(fd, os.stat("/proc/self/ns/mnt").st_ino)
        assert seen(b) == 10


def test_only_chosen_control_groups(pinned):
    path, fd = pinned("groups", 8)
    arguments = SimpleNamespace(cgroupmap=str(path), mntnsmap=None)
    own = "BPF_ARRAY(own, u64, 1); RAW_TRACEPOINT_PROBE(sys_exit) { u64 id = bpf_get_current_cgroup_id(); int zero = 0;\n" \
          "if ((bpf_get_current_pid_tgid() >> 32) == PID) own.update(&zero, &id); return 0; }"
    with BPF(text=filter_by_containers(arguments) + COUNTING + own, cflags=["-DPID=%d" % os.getpid()]) as b:
        assert seen(b) == 0
        add(fd, b["own"][0].value)
        assert seen(b) == 10
