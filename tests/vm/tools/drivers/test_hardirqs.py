"""hardirqs: each read of a disk that is waited for is an interrupt."""

import os
import re

from fits_schema import fits_one
from known_load import read_disk

READS = 100


def test_counts_them(tool, scratch_disk, schema_of):
    running = tool("hardirqs", "-C", "--json")
    read_disk(scratch_disk, READS)
    records = running.records()
    assert all(fits_one(each, schema_of("hardirqs")) for each in records)
    disks = [each for each in records if re.fullmatch(r"virtio\d+-req\.\d+", each["handler"])]
    assert READS <= sum(each["total_count"] for each in disks) <= READS * 1.1


def test_prints_what_users_know(tool, scratch_disk):
    running = tool("hardirqs", "-N", "-T")
    read_disk(scratch_disk, READS)
    lines = running.finish()
    assert lines[0] == "Tracing hard irq event time... Hit Ctrl-C to end."
    assert re.fullmatch(r"\d\d:\d\d:\d\d", lines[2]) and lines[3] == "HARDIRQ                    TOTAL_nsecs"
    assert any(re.fullmatch(r"virtio\d+-req\.\d+ +\d+", line) and len(line) == 38 for line in lines[4:])
    lines = tool("hardirqs", "-C", "1", "1").finish()
    assert lines[:3] == ["Tracing hard irq events... Hit Ctrl-C to end.", "", "HARDIRQ                    TOTAL_count"]


def test_histograms(tool, scratch_disk, schema_of):
    running = tool("hardirqs", "-d", "--json")
    read_disk(scratch_disk, READS)
    records = running.records()
    assert all(fits_one(each, schema_of("hardirqs")) for each in records)
    assert READS <= sum(each["count"] for each in records if "-req." in each["section"]["handler"])


def test_one_cpu(tool, scratch_disk):
    """Each interrupt is one CPU's: what the runs for one CPU see adds up to what the run for all sees."""
    alone = [tool("hardirqs", "-C", "-c", cpu, "--json") for cpu in range(os.cpu_count())]
    read_disk(scratch_disk, READS)
    by_cpu = [sum(each["total_count"] for each in running.records() if "-req." in each["handler"]) for running in alone]
    assert READS <= sum(by_cpu) <= READS * 1.1
