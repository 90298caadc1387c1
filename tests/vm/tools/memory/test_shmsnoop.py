"""shmsnoop: each call for System V shared memory is a row with its arguments."""

import ctypes
import os
import threading

from fits_schema import fits_one

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def use_memory():
    segment = libc.shmget(0, ctypes.c_size_t(8192), 0o1600)
    address = libc.shmat(segment, None, 0o10000)
    libc.shmdt(ctypes.c_void_p(address))
    libc.shmctl(segment, 0, None)
    return segment, address


def test_rows(tool):
    running = tool("shmsnoop", "-p", os.getpid())
    segment, address = use_memory()
    lines = running.finish()
    assert lines[0] == "PID    COMM                SYS              RET ARGs"
    assert [line[24:] for line in lines[1:]] == [
        f"SHMGET {segment:16x} key: 0x0, size: 8192, shmflg: 0x380 (IPC_CREAT|0600)",
        f" SHMAT {address:16x} shmid: {segment:#x}, shmaddr: 0x0, shmflg: 0x1000 (SHM_RDONLY)",
        f" SHMDT {0:16x} shmaddr: {address:#x}",
        f"SHMCTL {0:16x} shmid: {segment:#x}, cmd: 0 (IPC_RMID), buf: 0x0"]


def test_filters_and_json(tool, schema_of):
    thread, others = tool("shmsnoop", "-T", "-t", threading.get_native_id()), tool("shmsnoop", "-n", "nobody")
    with open("/proc/self/comm") as file:
        json = tool("shmsnoop", "--json", "-n", file.read().strip()[1:4])
    use_memory()
    lines = thread.finish()
    assert lines[0] == "TIME(s)       TID    COMM                SYS              RET ARGs" and len(lines) == 5
    assert len(others.finish()) == 1
    records = json.records()
    assert [each["call"] for each in records] == ["SHMGET", "SHMAT", "SHMDT", "SHMCTL"]
    assert all(fits_one(each, schema_of("shmsnoop")) for each in records)
