"""exitsnoop: each process that ends is a row that says how."""

import os
import subprocess
import sys

from fits_schema import fits_one

ENDS = [("exit 0", "0"), ("exit 3", "code 3"), ("kill -9 $$", "signal 9 (KILL)")]


def end_all():
    children = []
    for script, _ in ENDS:
        child = subprocess.Popen(["/bin/sh", "-c", script])
        child.wait()
        children.append(child.pid)
    return children


def test_how_each_ended(tool):
    running = tool("exitsnoop", "--comm", "sh")
    children = end_all()
    lines = running.finish()
    assert lines[0] == "PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE"
    found = {int(line.split()[1]): line for line in lines[1:]}
    for pid, (_, how) in zip(children, ENDS):
        assert found[pid].startswith(f"{'sh':16} {pid:<7} {os.getpid():<7} {pid:<7} ") and found[pid][49:] == how


def test_failures_with_time_and_label(tool):
    running = tool("exitsnoop", "-x", "-t", "--utc", "--label", "ends", "--comm", "sh")
    children = end_all()
    lines = running.finish()
    assert lines[0].startswith("TIME-UTC     LABEL PCOMM ")
    assert [int(line.split()[3]) for line in lines[1:]] == children[1:]
    assert {line.split()[1] for line in lines[1:]} == {"ends"}


def test_threads(tool, schema_of):
    script = "import threading\nfor _ in range(5):\n    t = threading.Thread(target=int); t.start(); t.join()"
    running = tool("exitsnoop", "--per-thread", "--json")
    child = subprocess.Popen([sys.executable, "-c", script])
    child.wait()
    records = running.records()
    mine = [each for each in records if each["pid"] == child.pid]
    assert len(mine) == 6 and len({each["tid"] for each in mine}) == 6
    assert all(fits_one(each, schema_of("exitsnoop")) for each in records)
