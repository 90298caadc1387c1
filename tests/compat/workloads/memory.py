"""Memory: 10 blocks of 4096 bytes leaked, one shared segment, a group that runs out, and pressure on the whole guest."""

import ctypes
import mmap
import os
import sys
import time

import turn
from kernel_calls import SHMAT, SHMCTL, SHMDT, SHMGET, call, libc, mount

GROUPS = os.getcwd() + "/cgroup"
MAP_POPULATE, MADV_HUGEPAGE = 0x8000, 14


def leaks():
    libc.malloc.restype = ctypes.c_void_p
    for _ in range(10):
        libc.malloc(ctypes.c_size_t(4096))


def shares():
    segment = call(SHMGET, 0, 65536, 0o1600)
    address = call(SHMAT, segment, None, 0)
    call(SHMDT, ctypes.c_void_p(address))
    call(SHMCTL, segment, 0, None)


def runs_out():
    """A child in a group of 16 MB takes more."""
    child = os.fork()
    if child == 0:
        write(f"{GROUPS}/compat/cgroup.procs", str(os.getpid()))
        taken = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_POPULATE)
        os._exit(len(taken) > 0)
    os.waitpid(child, 0)


def make_group():
    os.makedirs(GROUPS, exist_ok=True)
    mount("none", GROUPS, "cgroup2")
    write(f"{GROUPS}/cgroup.subtree_control", "+memory")
    os.makedirs(f"{GROUPS}/compat", exist_ok=True)
    write(f"{GROUPS}/compat/memory.max", str(16 << 20))


def presses():
    """Page cache fills the memory, then most of it is wanted at once, in huge pages: reclaim and compaction."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    end = time.monotonic() + 25
    while time.monotonic() < end:
        fill_page_cache(total)
        taken = mmap.mmap(-1, total * 6 // 10, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        taken.madvise(MADV_HUGEPAGE)
        for offset in range(0, len(taken), 4096):
            taken[offset] = 1
        taken.close()
        write("/proc/sys/vm/compact_memory", "1")


def fill_page_cache(total: int) -> None:
    """By files of its own: what comes over 9p may not be cached."""
    block = bytes(1 << 20)
    with open("filling", "wb") as file:
        for _ in range(total // 4 >> 20):
            file.write(block)
    os.unlink("filling")


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if sys.argv[1] == "runs_out":
    make_group()
turn.take_by_name(globals())
