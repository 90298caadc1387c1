"""syscount: 1,000 calls are a count of 1,000."""

import errno
import os
import re
import subprocess

import pytest
from fits_schema import fits_one
from places import BUILD

CALLS = 1000
FAILURES = 23


def make_calls():
    for _ in range(CALLS):
        os.getppid()
    for _ in range(FAILURES):
        with pytest.raises(ProcessLookupError):
            os.kill(0x3fffff, 0)


def test_counts_calls_of_one_process(tool, schema_of):
    running = tool("syscount", "-p", os.getpid(), "--json", "-T", "1000")
    make_calls()
    records = running.records()
    assert all(fits_one(each, schema_of("syscount")) for each in records)
    counts = {each["syscall"]: each["count"] for each in records}
    assert (counts["getppid"], counts["kill"]) == (CALLS, FAILURES + 1)  # and Ctrl-C


@pytest.mark.parametrize("which", [["-x"], ["-e", "ESRCH"], ["-e", str(errno.ESRCH)]])
def test_failed_calls(tool, which):
    running = tool("syscount", "-p", os.getpid(), "--syscall", "kill", "--json", *which)
    make_calls()
    (record,) = running.records()
    assert record["count"] == FAILURES


def test_prints_what_users_know(tool):
    running = tool("syscount", "-p", os.getpid(), "-T", "1")
    make_calls()
    lines = running.finish()
    assert lines[0] == "Tracing syscalls, printing top 1... Ctrl+C to quit."
    assert re.fullmatch(r"\[\d\d:\d\d:\d\d\]", lines[1])
    assert lines[2:4] == ["SYSCALL                   COUNT", f"getppid                    {CALLS}"]


def test_latency(tool):
    running = tool("syscount", "-L", "-p", os.getpid(), "--syscall", "getppid")
    make_calls()
    lines = running.finish()
    assert lines[2] == "SYSCALL                   COUNT        TIME (us)"
    assert re.fullmatch(rf"getppid                    {CALLS} +\d+\.\d{{3}}", lines[3]) and len(lines[3]) == 48
    lines = tool("syscount", "-L", "-m", "-x", "-d", "1").finish()
    assert lines[0] == "Tracing failed syscalls, printing top 10... Ctrl+C to quit."
    assert lines[2] == "SYSCALL                   COUNT        TIME (ms)"


def test_by_process(tool):
    running = tool("syscount", "-P", "--syscall", "getppid", "-p", os.getpid())
    make_calls()
    lines = running.finish()
    assert lines[2] == "PID    COMM               COUNT"
    with open("/proc/self/comm") as file:
        assert lines[3] == f"{os.getpid():<6} {file.read().strip():<15} {CALLS:8}"


def test_children_of_a_process(tool):
    running = tool("syscount", "-c", os.getpid(), "--syscall", "getppid", "--json")
    make_calls()
    assert running.records() == []
    running = tool("syscount", "-c", os.getpid(), "--syscall", "geteuid", "--json")
    subprocess.run(["id", "-u"], check=True, capture_output=True)
    assert [each["syscall"] for each in running.records()] == ["geteuid"]


def test_lists_system_calls():
    listed = subprocess.run([BUILD / "bin/sonde", "syscount", "-l"], check=True, capture_output=True, text=True).stdout
    assert {"openat", "getppid", "clone3"} <= set(listed.split()) and listed.splitlines()[0].startswith("_sysctl")
