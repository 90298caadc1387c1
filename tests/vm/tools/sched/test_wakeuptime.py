"""wakeuptime: who is woken, and by whom, with how long he was blocked."""

import re
import subprocess
import sys

from fits_schema import fits_one

TIMES = 50
PAUSE_US = 10_000

# A process named `wakee` that waits at a pipe, which a process named `waker` writes to after each pause.
CODE = f"""
import ctypes, os, time
name = lambda comm: ctypes.CDLL(None).prctl(15, comm, 0, 0, 0)
into, out = os.pipe()
if os.fork():
    name(b"wakee")
    for _ in range({TIMES}): os.read(into, 1)
    os.wait()
else:
    name(b"waker")
    for _ in range({TIMES}): time.sleep({PAUSE_US / 1e6}); os.write(out, b"x")
"""


def wake() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)


def of_pair(records: list[dict]) -> list[dict]:
    return [each for each in records if (each["target"], each["waker"]) == ("wakee", "waker")]


def test_sums_what_a_waker_kept_waiting(tool, schema_of):
    running = [tool("wakeuptime", "--json", "--comm", "wakee", *options)
               for options in ([], ["-u"], ["-m", 5000], ["--stack-storage-size", 512])]
    wake()
    for each in running:
        records = each.records()
        assert all(fits_one(record, schema_of("wakeuptime")) for record in records)
        assert {record["target"] for record in records} == {"wakee"}
        by_pipe = [record for record in of_pair(records) if any("pipe_write" in frame for frame in record["kernel"])]
        assert TIMES * PAUSE_US * 0.9 <= sum(record["value"] for record in by_pipe) < 5 * TIMES * PAUSE_US


def test_leaves_out_what_is_not_asked_for(tool):
    running = [tool("wakeuptime", "--json", *options)
               for options in (["-M", 500], ["-m", 3_600_000_000], ["-p", 1], ["--comm", "waker"])]
    wake()
    assert [of_pair(each.records()) for each in running] == [[]] * 4


def test_prints_what_users_know(tool):
    running = tool("wakeuptime", "-v", "--comm", "wakee")
    wake()
    lines = running.finish()
    assert lines[0] == "Tracing blocked time (us) by kernel stack... Hit Ctrl-C to end."
    at = max(i for i, line in enumerate(lines) if line == "    waker:           waker")
    assert re.fullmatch(r"        \d+", lines[at + 1]) and lines[at + 2] == ""
    first = max(i for i, line in enumerate(lines[:at]) if line == "    target:          wakee")
    assert all(re.fullmatch(r"    [0-9a-f]{16} \S+", line) for line in lines[first + 1:at])


def test_folded(tool):
    running = tool("wakeuptime", "-f", "--comm", "wakee")
    wake()
    lines = running.finish()
    assert any(re.fullmatch(r"waker(;[^;]+)*;pipe_write(;[^;]+)*;wakee \d+", line) for line in lines), lines
