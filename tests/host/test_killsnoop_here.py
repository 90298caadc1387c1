"""killsnoop: the calls that send a signal, each of which is a row."""

import ctypes
import errno
import os
import signal
import threading

import pytest

LIBC = ctypes.CDLL(None, use_errno=True)
SIGNAL = signal.SIGRTMIN + 3
TIMES = 7


@pytest.fixture(autouse=True)
def ignored():
    before = signal.signal(SIGNAL, signal.SIG_IGN)
    yield
    signal.signal(SIGNAL, before)


def rows_of(running) -> list[tuple]:
    """Without the SIGINT that ends a tool."""
    rows = [(row["sig"], row["tpid"], row["ret"]) for row in running.records()]
    return [row for row in rows if row[0] in (SIGNAL, signal.SIGKILL)]


def test_queued_signals(tool):
    running = tool("killsnoop", "--json", "-p", os.getpid())
    LIBC.pthread_self.restype = ctypes.c_void_p
    for _ in range(TIMES):
        assert LIBC.sigqueue(os.getpid(), SIGNAL, ctypes.c_void_p(5)) == 0
        assert LIBC.pthread_sigqueue(ctypes.c_void_p(LIBC.pthread_self()), SIGNAL, ctypes.c_void_p(5)) == 0
    assert rows_of(running) == [(SIGNAL, os.getpid(), 0), (SIGNAL, threading.get_native_id(), 0)] * TIMES


def test_processes_by_descriptor(tool):
    other = os.fork()
    if other == 0:
        signal.pause()
    mine, theirs = os.pidfd_open(os.getpid()), os.pidfd_open(other)
    running, only = tool("killsnoop", "--json", "-p", os.getpid()), tool("killsnoop", "--json", "-T", other)
    signal.pidfd_send_signal(mine, SIGNAL)
    signal.pidfd_send_signal(theirs, signal.SIGKILL)
    with pytest.raises(OSError):
        signal.pidfd_send_signal(0, SIGNAL)
    os.waitpid(other, 0)
    with pytest.raises(ProcessLookupError):
        signal.pidfd_send_signal(theirs, SIGNAL)
    for each in (mine, theirs):
        os.close(each)
    failed = [(SIGNAL, 0, -errno.EBADF), (SIGNAL, other, -errno.ESRCH)]
    assert rows_of(running) == [(SIGNAL, os.getpid(), 0), (signal.SIGKILL, other, 0), *failed]
    assert (signal.SIGKILL, other, 0) in rows_of(only)
