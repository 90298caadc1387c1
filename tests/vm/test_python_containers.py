"""bcc.containers: programs that look only at processes of chosen control groups and mount namespaces, by pinned
tables."""
import ctypes as ct
import os
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


class ChosenIds:
    """A pinned set of u64, as scripts are given it by `--cgroupmap` and `--mntnsmap`."""

    def __init__(self, path, value_size):
        self.path = str(path)
        self.fd = lib.bcc_create_map(HASH, path.name.encode(), 8, value_size, 1024, 0)
        assert self.fd > 2 and lib.bpf_obj_pin(self.fd, os.fsencode(path)) == 0

    def add(self, number):
        assert lib.bpf_update_elem(self.fd, ct.byref(ct.c_ulonglong(number)), ct.byref(ct.c_ulonglong(1)), BPF_ANY) == 0


@pytest.fixture
def chosen(pins):
    """chosen(value_size) gives an empty set."""
    made = []

    def make(value_size):
        made.append(ChosenIds(pins / ("ids%d" % len(made)), value_size))
        return made[-1]
    yield make
    for each in made:
        os.close(each.fd)


def counting(cgroups=None, mounts=None):
    arguments = SimpleNamespace(cgroupmap=cgroups and cgroups.path, mntnsmap=mounts and mounts.path)
    return BPF(text=filter_by_containers(arguments) + COUNTING, cflags=["-DPID=%d" % os.getpid()])


def seen(b):
    before = b["hits"][0].value
    for _ in range(10):
        os.getppid()
    return b["hits"][0].value - before


def test_without_a_choice_all_are_seen():
    with counting() as b:
        assert seen(b) == 10


def test_only_chosen_mount_namespaces(chosen):
    mounts = chosen(4)
    with counting(mounts=mounts) as b:
        assert seen(b) == 0
        mounts.add(os.stat("/proc/self/ns/mnt").st_ino)
        assert seen(b) == 10


def test_only_chosen_control_groups(chosen, cgroup):
    cgroups = chosen(8)
    with counting(cgroups=cgroups) as b:
        assert seen(b) == 0
        cgroups.add(os.fstat(cgroup).st_ino)
        assert seen(b) == 10


def test_both_have_to_be_chosen(chosen, cgroup):
    cgroups, mounts = chosen(8), chosen(4)
    with counting(cgroups, mounts) as b:
        mounts.add(os.stat("/proc/self/ns/mnt").st_ino)
        assert seen(b) == 0
        cgroups.add(os.fstat(cgroup).st_ino)
        assert seen(b) == 10
