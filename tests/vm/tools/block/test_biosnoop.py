"""biosnoop: 100 reads of a disk are 100 rows."""

import os
import re

import pytest
from fits_schema import fits_one
from known_load import BLOCK_BYTES, read_disk

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

READS = 100


@pytest.mark.parametrize("filters", [[], ["-p", os.getpid()]])
def test_each_read_is_a_row(tool, scratch_disk, schema_of, filters):
    running = tool("biosnoop", "--json", "-Q", "-P", "-d", scratch_disk, *filters)
    read_disk(scratch_disk, READS)
    records = running.records()
    assert all(fits_one(each, schema_of("biosnoop")) for each in records)
    assert [each["sector"] for each in records] == [i * BLOCK_BYTES // 512 for i in range(READS)]
    assert {(each["pid"], each["kind"], each["bytes"]) for each in records} == {(os.getpid(), "R", BLOCK_BYTES)}
    assert [each["pattern"] for each in records] == ["?"] + ["S"] * (READS - 1)
    assert all(each["latency"] > 0 for each in records)


def test_prints_what_users_know(tool, scratch_disk):
    running = tool("biosnoop", "-d", os.path.basename(os.path.realpath(scratch_disk)))
    read_disk(scratch_disk, READS)
    lines = running.finish()
    assert lines[0] == "TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)"
    assert len(lines) == READS + 1
    assert all(re.fullmatch(r"\d+\.\d{6} +\S+ +\d+ +\w+ +R \d+ +4096 +\d+\.\d\d", line) for line in lines[1:])
    header = tool("biosnoop", "-Q", "-P").finish()[0]
    assert header == "TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   P QUE(ms) LAT(ms)"


def test_others_and_fast_ones_are_left_out(tool, scratch_disk):
    others = tool("biosnoop", "-p", "1", "-d", scratch_disk)
    slow = tool("biosnoop", "-m", "3600000", "-d", scratch_disk)
    read_disk(scratch_disk, READS)
    assert len(others.finish()) == len(slow.finish()) == 1
