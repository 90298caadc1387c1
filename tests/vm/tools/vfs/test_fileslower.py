"""fileslower: with a threshold of 0 each read and write is a row."""

import os
import re

from fits_schema import fits_one
from known_load import use_files

FILES = 20


def rows_of(records: list[dict]) -> list[tuple]:
    return [(each["kind"], each["bytes"]) for each in records if each["name"].startswith("known-")]


def test_each_is_a_row(tool, tmp_path, schema_of):
    running = tool("fileslower", "0", "--json", "-p", os.getpid())
    use_files(tmp_path, FILES)
    records = running.records()
    assert all(fits_one(each, schema_of("fileslower")) and each["tid"] == os.getpid() for each in records)
    assert rows_of(records) == [("W", 100), ("R", 100)] * FILES


def test_prints_what_users_know(tool, tmp_path):
    running = tool("fileslower", "0", "-p", os.getpid())
    use_files(tmp_path, FILES)
    lines = running.finish()
    assert lines[:2] == ["Tracing sync read/writes slower than 0 ms",
                         "TIME(s)  COMM           TID    D BYTES   LAT(ms) FILENAME"]
    assert sum(bool(re.fullmatch(rf"\d+\.\d{{3}} +.{{14}} {os.getpid():<6} [RW] 100     +\d+\.\d\d known-\d+", line))
               for line in lines[2:]) == 2 * FILES


def test_fast_ones_and_pipes_are_left_out(tool, tmp_path):
    running = tool("fileslower", "3600000", "--json")
    use_files(tmp_path, FILES)
    assert running.records() == []
    some = tool("fileslower", "0", "--json", "-p", os.getpid())
    all_kinds = tool("fileslower", "0", "-a", "--json", "-p", os.getpid())
    reader, writer = os.pipe()
    os.write(writer, b"x" * 181)
    assert not any(each["bytes"] == 181 for each in some.records())
    assert any((each["kind"], each["bytes"]) == ("W", 181) for each in all_kinds.records())
