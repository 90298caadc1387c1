"""vfsstat: what files see is counted once each."""

import os
import re

from fits_schema import fits_one
from known_load import use_files

from ext4 import ext4  # noqa: F401

FILES = 200
HEADER = "TIME         READ/s  WRITE/s  FSYNC/s   OPEN/s CREATE/s UNLINK/s  MKDIR/s  RMDIR/s"


def test_counts_each(tool, ext4, schema_of):  # noqa: F811
    running = tool("vfsstat", "--json", "-p", os.getpid(), "3600")
    use_files(ext4, FILES)
    (record,) = running.records()
    assert fits_one(record, schema_of("vfsstat"))
    assert {name: record[name] for name in ("writes", "fsyncs", "unlinks", "mkdirs", "rmdirs", "creates")} == {
        "writes": FILES, "fsyncs": FILES, "unlinks": FILES, "mkdirs": FILES, "rmdirs": FILES, "creates": 0}
    # The tool's own output is looked at as well.
    assert FILES <= record["reads"] <= FILES + 10 and FILES <= record["opens"] <= FILES + 10


def test_prints_what_users_know(tool):
    lines = tool("vfsstat", "1", "2").ended()
    assert lines[0] == HEADER and len(lines) == 3
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d: ( +\d+){8}", line) and len(line) == len(HEADER) for line in lines[1:])


def test_others_only(tool, tmp_path):
    running = tool("vfsstat", "--json", "--comm", "nobody-has-it", "3600")
    use_files(tmp_path, FILES)
    (record,) = running.records()
    assert {value for name, value in record.items() if name != "time"} == {0}
