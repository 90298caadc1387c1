"""syncsnoop: each call of sync(2) and its kin is a row."""

import ctypes
import mmap
import os
import time

from fits_schema import fits_one

CALLS = ["sync()", "fsync()", "fdatasync()", "msync()", "sync_file_range()", "syncfs()"]
TIMES = 5


def sync_all(directory):
    libc = ctypes.CDLL(None)
    with open(directory / "file", "w+b") as file:
        file.write(b"x" * 4096)
        file.flush()
        with mmap.mmap(file.fileno(), 4096) as memory:
            for _ in range(TIMES):
                os.sync()
                os.fsync(file.fileno())
                os.fdatasync(file.fileno())
                memory.flush()
                libc.sync_file_range(file.fileno(), ctypes.c_long(0), ctypes.c_long(4096), 2)
                libc.syncfs(file.fileno())


def test_rows(tool, tmp_path):
    running = tool("syncsnoop", "-p", os.getpid())
    before = time.monotonic()
    sync_all(tmp_path)
    lines = running.finish()
    assert lines[0] == "TIME(s)            COMM             CALL"
    assert [line.split()[-1] for line in lines[1:]] == CALLS * TIMES
    assert all(before < float(line.split()[0]) < time.monotonic() for line in lines[1:])


def test_not_of_others_and_json(tool, tmp_path, schema_of):
    others, mine = tool("syncsnoop", "-p", 1), tool("syncsnoop", "--json", "-p", os.getpid())
    sync_all(tmp_path)
    assert len(others.finish()) == 1
    records = mine.records()
    assert [each["call"] for each in records] == CALLS * TIMES
    assert all(fits_one(each, schema_of("syncsnoop")) for each in records)
