"""ext4slower: with a threshold of 0 each operation on ext4 is a row."""

import csv
import os
import re

from fits_schema import fits_one
from known_load import use_files

from ext4 import ext4  # noqa: F401

FILES = 10


def test_each_is_a_row(tool, ext4, schema_of):  # noqa: F811
    running = tool("ext4slower", "0", "--json", "-p", os.getpid())
    use_files(ext4, FILES)
    records = [each for each in running.records() if each["name"].startswith("known-")]
    assert all(fits_one(each, schema_of("ext4slower")) for each in records)
    assert [(each["kind"], each["bytes"]) for each in records] == [("O", 0), ("W", 100), ("S", 0), ("R", 100)] * FILES


def test_prints_what_users_know(tool, ext4):  # noqa: F811
    running = tool("ext4slower", "0", "-p", os.getpid())
    use_files(ext4, FILES)
    lines = running.finish()
    assert lines[:2] == ["Tracing ext4 operations",
                         "TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME"]
    assert sum(bool(re.fullmatch(rf"[\d:]{{8}} .{{14}} {os.getpid():<6} W 100     0        +\d+\.\d\d known-\d+", line))
               for line in lines) == FILES
    assert tool("ext4slower").finish()[0] == "Tracing ext4 operations slower than 10 ms"


def test_csv_and_others(tool, ext4):  # noqa: F811
    others, mine = tool("ext4slower", "0", "-p", "1"), tool("ext4slower", "0", "-j", "-p", os.getpid())
    use_files(ext4, FILES)
    assert len(others.finish()) == 2
    rows = list(csv.DictReader(mine.finish()))
    assert sum(row["kind"] == "S" and row["name"].startswith("known-") for row in rows) == FILES
