"""statsnoop: 17 calls of stat(2) are 17 rows."""

import os

import pytest
from fits_schema import fits_one

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

TIMES = 17


def stat_all(directory):
    (directory / "present").write_text("")
    for _ in range(TIMES):
        os.stat(directory / "present")
        os.statvfs(directory / "present")
        with pytest.raises(FileNotFoundError):
            os.stat(directory / "absent")


def test_rows(tool, tmp_path):
    running = tool("statsnoop", "-s", "-p", os.getpid())
    stat_all(tmp_path)
    lines = running.finish()
    assert lines[0] == "PID     COMM               FD ERR SYSCALL     PATH"
    present = [line.split() for line in lines if line.endswith("/present")]
    absent = [line.split() for line in lines if line.endswith("/absent")]
    assert len(absent) == TIMES and {tuple(row[-4:-2]) for row in absent} == {("-1", "2")}
    assert sum(row[-2] == "statfs" for row in present) == TIMES
    assert sum(row[-2] in ("newfstatat", "newstat", "stat") and row[-4] == "0" for row in present) == TIMES


def test_failed_ones_only(tool, tmp_path, schema_of):
    text, json = tool("statsnoop", "-x", "-t", "-p", os.getpid()), tool("statsnoop", "-x", "--json", "-p", os.getpid())
    stat_all(tmp_path)
    lines = text.finish()
    assert lines[0] == "TIME(s)       PID     COMM               FD ERR PATH"
    assert sum(line.endswith("/absent") for line in lines) == TIMES
    assert not any(line.endswith("/present") for line in lines)
    records = json.records()
    assert sum(each["path"].endswith("/absent") for each in records) == TIMES
    assert all(fits_one(each, schema_of("statsnoop")) for each in records)
