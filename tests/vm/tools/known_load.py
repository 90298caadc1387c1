"""Loads of which a test knows how many events they are."""

import mmap
import os
import subprocess
import sys

BLOCK_BYTES = 4096


def read_disk(path: str, times: int, size: int = BLOCK_BYTES) -> None:
    """As many reads of the disk itself, each waited for."""
    buffer = mmap.mmap(-1, size)  # aligned, as direct I/O wants it
    disk = os.open(path, os.O_RDONLY | os.O_DIRECT)
    for i in range(times):
        assert os.preadv(disk, [buffer], i * size) == size
    os.close(disk)


def sleep_as(comm: str, times: int, seconds: float = 0.01) -> int:
    """A process of this name that sleeps so often; its number."""
    code = (f"import ctypes, os, time\nctypes.CDLL(None).prctl(15, b'{comm}', 0, 0, 0)\n"
            f"for _ in range({times}): time.sleep({seconds})\nprint(os.getpid())")
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def buckets_of(record: dict) -> dict[int, int]:
    """Counts by their buckets' lower ends."""
    return {bucket["low"]: bucket["count"] for bucket in record["buckets"]}


def use_files(directory, times: int) -> None:
    """So many files made, written 100 bytes each, synced, read back and removed; and directories made and removed."""
    for i in range(times):
        path = directory / f"known-{i}"
        file = os.open(path, os.O_RDWR | os.O_CREAT)
        os.write(file, b"x" * 100)
        os.fsync(file)
        os.lseek(file, 0, os.SEEK_SET)
        os.read(file, 100)
        os.close(file)
        path.unlink()
        path.mkdir()
        path.rmdir()
