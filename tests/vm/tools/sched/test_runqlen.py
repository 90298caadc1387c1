"""runqlen: samples of all CPUs are in the histogram."""

import os
import re

from fits_schema import fits_one
from known_load import buckets_of


def test_samples_each_cpu(tool, schema_of):
    records = tool("runqlen", "-C", "--json", "1", "1").ended_records()
    assert all(fits_one(each, schema_of("runqlen")) for each in records)
    assert [each["section"]["cpu"] for each in records] == list(range(os.cpu_count()))
    assert all(0 < each["count"] and 0 in buckets_of(each) for each in records)


def test_prints_what_users_know(tool):
    lines = tool("runqlen", "1", "1").ended()
    assert lines[:3] == ["Sampling run queue length... Hit Ctrl-C to end.", "",
                         "     runqlen       : count     distribution"]
    assert re.fullmatch(r"        0          : \d+ +\|\*{40}\|", lines[3])


def test_occupancy(tool, schema_of):
    lines = tool("runqlen", "-O", "-T", "1", "1").ended()
    assert lines[1] == "" and re.fullmatch(r"\d\d:\d\d:\d\d", lines[2])
    assert len(lines) == 4 and re.fullmatch(r"runqocc: \d+\.\d\d%", lines[3])
    lines = tool("runqlen", "-O", "-C", "1", "1").ended()
    assert len(lines) == 2 + os.cpu_count()
    assert all(re.fullmatch(rf"runqocc, CPU {cpu:<3} +\d+\.\d\d%", line) for cpu, line in enumerate(lines[2:]))
    records = tool("runqlen", "-O", "--json", "1", "1").ended_records()
    assert len(records) == 1 and fits_one(records[0], schema_of("runqlen")) and 0 <= records[0]["runqocc"] <= 100
