"""ext4dist: each operation on ext4 is in its histogram."""

import os
import re

from fits_schema import fits_one
from known_load import use_files

from ext4 import ext4  # noqa: F401

FILES = 100


def test_counts_each(tool, ext4, schema_of):  # noqa: F811
    running = tool("ext4dist", "--json", "-p", os.getpid())
    use_files(ext4, FILES)
    records = running.records()
    assert all(fits_one(each, schema_of("ext4dist")) and each["unit"] == "usecs" for each in records)
    counts = {each["section"]["operation"]: each["count"] for each in records}
    assert counts == dict.fromkeys(("read", "write", "open", "fsync"), FILES)


def test_prints_what_users_know(tool, ext4):  # noqa: F811
    running = tool("ext4dist", "-m", "-p", os.getpid())
    use_files(ext4, FILES)
    lines = running.finish()
    assert lines[0] == "Tracing ext4 operation latency... Hit Ctrl-C to end."
    assert {"operation = read", "operation = write", "operation = open", "operation = fsync",
            "     msecs               : count     distribution"} <= set(lines)
    assert re.fullmatch(r"\d\d:\d\d:\d\d:", tool("ext4dist", "1", "1").finish()[2])
    assert len(tool("ext4dist", "-T", "1", "1").finish()) == 2


def test_others_only(tool, ext4):  # noqa: F811
    running = tool("ext4dist", "--json", "-p", "1")
    use_files(ext4, FILES)
    assert running.records() == []
