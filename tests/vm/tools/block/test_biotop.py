"""biotop: 1,000 reads of a process are 1,000 in its row."""

import os
import re

from fits_schema import fits_one
from known_load import read_disk

READS = 1000


def test_counts_them(tool, scratch_disk, schema_of):
    running = tool("biotop", "--json", "-p", os.getpid(), "3600")
    read_disk(scratch_disk, READS)
    records = running.records()
    assert all(fits_one(each, schema_of("biotop")) for each in records)
    name = os.path.basename(os.path.realpath(scratch_disk))
    (mine,) = [each for each in records if each["disk"] == name]
    assert (mine["pid"], mine["kind"], mine["count"], mine["bytes"]) == (os.getpid(), "R", READS, READS * 4096)
    device = os.stat(scratch_disk).st_rdev
    assert (mine["major"], mine["minor"]) == (os.major(device), os.minor(device)) and mine["avgms"] > 0


def test_prints_what_users_know(tool, scratch_disk):
    running = tool("biotop", "-r", "1", "-C", "3600")
    read_disk(scratch_disk, READS)
    lines = running.finish()
    assert lines[:2] == ["Tracing... Output every 3600 secs. Hit Ctrl-C to end", ""]
    assert re.match(r"\d\d:\d\d:\d\d loadavg: \d", lines[2]) and lines[3] == ""
    assert lines[4] == "PID     COMM             D MAJ MIN DISK       I/O  Kbytes  AVGms"
    assert len(lines) == 6 and re.match(rf"{os.getpid():<7} .{{16}} R \d+ +\d+ +\S+ +{READS} +{READS * 4} ", lines[5])


def test_others_only(tool, scratch_disk):
    running = tool("biotop", "--json", "-p", "1", "3600")
    read_disk(scratch_disk, READS)
    assert running.records() == []
