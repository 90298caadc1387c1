"""Memory: 10 blocks of 4096 bytes leaked, a shared segment, a group that runs out, and pressure on the whole guest."""

import ctypes
import mmap
import os
import sys
import time
from pathlib import Path

import turn
from kernel_calls import SHMAT, SHMCTL, SHMDT, SHMGET, call, libc, mount

sys.path.append(str(Path(__file__).resolve().parents[2] / "vm"))
import reclaim_load  # noqa: E402

GROUPS = os.getcwd() + "/cgroup"
MAP_POPULATE = 0x8000


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
    """Page cache fills the memory, then four want most of it at once, more than kswapd can free: reclaim,
    compaction."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        reclaim_load.fill_page_cache()
        for child in [wants_memory(5) for _ in range(4)]:
            os.waitpid(child, 0)


def wants_memory(part: int) -> int:
    child = os.fork()
    if child == 0:
        mmap.mmap(-1, reclaim_load.total_memory() // part, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_POPULATE)
        os._exit(0)
    return child


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if sys.argv[1] == "runs_out":
    make_group()
turn.take_by_name(globals())
