"""Processes: 17 programs run, 6 signals sent, 5 threads, 23 system calls of one kind, sleeping and spinning."""

import ctypes
import os
import signal
import threading
import time

import turn
from kernel_calls import BPF, call

BPF_MAP_CREATE, BPF_MAP_TYPE_ARRAY = 0, 2


def execs():
    for _ in range(17):
        os.waitpid(os.posix_spawn("/usr/bin/true", ["/usr/bin/true", "compat"], os.environ), 0)


def forks():
    """Through the system call clone."""
    for _ in range(5):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)


def kills():
    child = os.fork()
    if child == 0:
        signal.pause()
    for _ in range(6):
        os.kill(child, signal.SIGUSR1)
    os.waitpid(child, 0)


def threads():
    for _ in range(5):
        thread = threading.Thread(target=time.sleep, args=[0.01])
        thread.start()
        thread.join()


def calls():
    libc = ctypes.CDLL(None)
    for _ in range(23):
        libc.getpriority(0, 0)


def chroots():
    for _ in range(5):
        os.chroot("/")


def sleeps():
    for _ in range(30):
        time.sleep(0.02)


def spins():
    end = time.monotonic() + 2
    while time.monotonic() < end:
        pass


def holds_map():
    create = (ctypes.c_uint32 * 4)(BPF_MAP_TYPE_ARRAY, 4, 8, 1)
    assert call(BPF, BPF_MAP_CREATE, create, ctypes.sizeof(create)) > 0


if __name__ == "__main__":
    import sys
    if sys.argv[1] == "kills":
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    if sys.argv[1] == "holds_map":
        holds_map()
        globals()["holds_map"] = lambda: None
    turn.take_by_name(globals())
