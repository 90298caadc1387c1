"""filetop: reads and writes of a file are in its row."""

import os
import re

import pytest
from fits_schema import fits_one

TIMES = 50


@pytest.fixture
def use_file(tmp_path):
    def use():
        for name, writes in (("some", TIMES), ("more", 2 * TIMES)):
            file = os.open(tmp_path / name, os.O_RDWR | os.O_CREAT)
            for _ in range(writes):
                os.write(file, b"x" * 2048)
            for _ in range(TIMES):
                os.pread(file, 1024, 0)
            os.close(file)
    return use


def test_counts_them(tool, use_file, schema_of):
    running = tool("filetop", "--json", "-p", os.getpid(), "3600")
    use_file()
    records = running.records()
    assert all(fits_one(each, schema_of("filetop")) for each in records)
    (some,) = [each for each in records if each["name"] == "some"]
    assert {name: some[name] for name in ("tid", "kind", "reads", "writes", "read_bytes", "written_bytes")} == {
        "tid": os.getpid(), "kind": "R", "reads": TIMES, "writes": TIMES, "read_bytes": TIMES * 1024,
        "written_bytes": TIMES * 2048}
    assert records[0]["name"] == "more"


def test_prints_what_users_know(tool, use_file):
    running = tool("filetop", "-C", "-r", "1", "-s", "writes", "-p", os.getpid(), "3600")
    use_file()
    lines = running.finish()
    assert lines[:2] == ["Tracing... Output every 3600 secs. Hit Ctrl-C to end", ""]
    assert re.match(r"\d\d:\d\d:\d\d loadavg: \d", lines[2]) and lines[3] == ""
    assert lines[4] == "TID     COMM             READS  WRITES R_Kb    W_Kb    T FILE"
    assert len(lines) == 6
    counts = rf"{TIMES:<6} {2 * TIMES:<6} {TIMES:<7} {4 * TIMES:<7}"
    assert re.fullmatch(rf"{os.getpid():<7} .{{16}} {counts} R more", lines[5])


@pytest.mark.parametrize("option, reads, writes", [("--read-only", TIMES, 0), ("--write-only", 0, TIMES)])
def test_one_direction(tool, use_file, option, reads, writes):
    running = tool("filetop", "--json", option, "-p", os.getpid(), "3600")
    use_file()
    (some,) = [each for each in running.records() if each["name"] == "some"]
    assert (some["reads"], some["writes"]) == (reads, writes)


def test_one_directory_and_all_kinds(tool, use_file, tmp_path):
    (tmp_path / "below").mkdir()
    running = tool("filetop", "--json", "-d", tmp_path / "below", "-p", os.getpid(), "3600")
    use_file()
    assert running.records() == []
    running = tool("filetop", "--json", "-a", "-d", "/dev", "-p", os.getpid(), "3600")
    with open("/dev/zero", "rb", buffering=0) as file:
        file.read(10)
    assert [(each["name"], each["kind"], each["reads"]) for each in running.records()] == [("zero", "O", 1)]
