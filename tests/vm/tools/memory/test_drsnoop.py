"""drsnoop: a row for each direct reclaim. How many there are depends on the kernel; that they are, and whose, is
known."""

import subprocess
import sys
from pathlib import Path

import pytest
from fits_schema import fits_one

LOAD = Path(__file__).resolve().parents[2] / "reclaim_load.py"


def test_header(tool):
    assert tool("drsnoop", "-T", "-U").finish() == ["TIME(s)       UID   COMM           PID     LAT(ms) PAGES"]
    assert tool("drsnoop", "-v", "-t", 1).finish() == ["COMM           TID     LAT(ms) PAGES FREE(KB)"]


@pytest.mark.timeout(200)
def test_rows_of_a_load(tool, schema_of):
    running = tool("drsnoop", "--json", "-v")
    other = tool("drsnoop", "-n", "nobody-has-it")
    with subprocess.Popen([sys.executable, LOAD, "120", running.out.name, "1"]) as load:
        pass
    records = running.records()
    assert len(other.finish()) == 1
    assert records and all(fits_one(each, schema_of("drsnoop")) for each in records)
    mine = [each for each in records if each["pid"] == load.pid]
    assert mine and all(each["latency"] > 0 and each["free"] > 0 for each in mine)
    assert any(each["pages"] > 0 for each in mine)
