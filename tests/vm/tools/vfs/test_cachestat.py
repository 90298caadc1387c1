"""cachestat: pages read for the first time are misses, then hits."""

import os
import re

import pytest
from fits_schema import fits_one

from ext4 import ext4  # noqa: F401

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

PAGES = 1000
PAGE_BYTES = 4096
HEADER = "    HITS   MISSES  DIRTIES HITRATIO   BUFFERS_MB  CACHED_MB"


def read_pages(path) -> None:
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)  # no reading ahead
    for i in range(PAGES):
        os.pread(file, PAGE_BYTES, i * PAGE_BYTES)
    os.close(file)


def test_hits_and_misses(tool, ext4, schema_of):  # noqa: F811
    path = ext4 / "pages"
    path.write_bytes(b"x" * PAGES * PAGE_BYTES)
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("1")
    running = tool("cachestat", "--json", "-p", os.getpid(), "3600")
    read_pages(path)
    (record,) = running.records()
    assert fits_one(record, schema_of("cachestat"))
    assert PAGES <= record["misses"] <= PAGES * 1.1 and record["hits"] < PAGES * 0.2
    running = tool("cachestat", "--json", "-p", os.getpid(), "3600")
    read_pages(path)
    (record,) = running.records()
    assert PAGES <= record["hits"] <= PAGES * 1.1 and record["misses"] < 10 and record["hitratio"] > 95


def test_prints_what_users_know(tool):
    lines = tool("cachestat", "1", "2").ended()
    assert lines[0] == HEADER and len(lines) == 3
    assert all(re.fullmatch(r"( +\d+){3} +\d+\.\d\d%( +\d+){2}", line) and len(line) == len(HEADER)
               for line in lines[1:])
    lines = tool("cachestat", "-T", "1", "1").ended()
    assert lines[0] == "TIME     " + HEADER and re.match(r"\d\d:\d\d:\d\d  ", lines[1])
