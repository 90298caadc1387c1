"""biolatency: each read of a disk is in the histogram."""

import os
import re

import pytest
from fits_schema import fits_one
from known_load import read_disk

READS = 1000


@pytest.mark.parametrize("options", [["-D"], ["-D", "-Q"], ["-D", "-m"]])
def test_counts_each_read(tool, scratch_disk, schema_of, options):
    name = os.path.basename(os.path.realpath(scratch_disk))
    running = tool("biolatency", "-j", "-d", name, *options)
    read_disk(scratch_disk, READS)
    (record,) = running.records()
    assert fits_one(record, schema_of("biolatency"))
    assert record["section"] == {"disk": name} and record["unit"] == ("msecs" if "-m" in options else "usecs")
    assert record["count"] == READS == sum(bucket["count"] for bucket in record["buckets"])


def test_sections_of_flags(tool, scratch_disk):
    running = tool("biolatency", "-F", "--json", "-d", scratch_disk)
    read_disk(scratch_disk, READS)
    records = running.records()
    assert all(each["section"]["flags"].endswith("Read") for each in records)
    assert sum(each["count"] for each in records) == READS


def test_prints_what_users_know(tool, scratch_disk):
    running = tool("biolatency", "-T", "-e", "-d", scratch_disk)
    read_disk(scratch_disk, READS)
    lines = running.finish()
    assert lines[:2] == ["Tracing block device I/O... Hit Ctrl-C to end.", ""]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", lines[2]) and lines[3] == "     usecs               : count     distribution"
    assert any(re.fullmatch(rf"avg = \d+ usecs, total: \d+ usecs, count: {READS}", line) for line in lines)
