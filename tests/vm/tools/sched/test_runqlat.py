"""runqlat: each wake-up of a sleeper is in the histogram, and its wait where it belongs."""

import os
import re

import pytest
from fits_schema import fits_one
from known_load import sleep_as

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

WAKES = 50
INTRO = "Tracing run queue latency... Hit Ctrl-C to end."
HEADER = "     usecs               : count     distribution"


def test_counts_each_wake_up(tool, schema_of):
    running = tool("runqlat", "--json", "-P", "--comm", "sleeper")
    # Under a name of its own; the interpreter's start has few waits beside these.
    pid = sleep_as("sleeper", WAKES)
    records = running.records()
    assert all(fits_one(each, schema_of("runqlat")) for each in records)
    (record,) = records
    assert record["unit"] == "usecs" and record["section"] == {"pid": pid}
    assert WAKES <= record["count"] == sum(bucket["count"] for bucket in record["buckets"])
    # On an idle machine nobody waits long: the most are below 10 ms, the time that it slept.
    assert sum(bucket["count"] for bucket in record["buckets"] if bucket["high"] < 10_000) >= WAKES * 0.8


def test_prints_what_users_know(tool):
    lines = tool("runqlat", "1", "1").finish()
    assert lines[:3] == [INTRO, "", HEADER]
    assert lines[3].startswith("         0 -> 1          : ")


def test_sections_of_threads_and_the_time(tool):
    running = tool("runqlat", "-T", "-m", "-L", "--comm", "sleeper")
    pid = sleep_as("sleeper", WAKES)
    lines = running.finish()
    assert lines[:2] == [INTRO, ""] and re.fullmatch(r"\d\d:\d\d:\d\d", lines[2])
    assert lines[3:6] == ["", f"tid = {pid}", HEADER.replace("usecs", "msecs")]


def test_sections_of_pid_namespaces(tool):
    running = tool("runqlat", "--pidnss", "--json", "--comm", "sleeper")
    sleep_as("sleeper", WAKES)
    (record,) = running.records()
    assert record["section"] == {"namespace": os.stat("/proc/self/ns/pid").st_ino} and record["count"] >= WAKES
