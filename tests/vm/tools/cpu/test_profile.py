"""profile: a program that spins is in most of the samples."""

import os
import re
import time

import pytest
from fits_schema import fits_one


def spin(seconds: float = 1) -> None:
    """As much time of a CPU, however slow the machine is."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.parametrize("filters", [["-p", f"1,{os.getpid()}"], ["-L", str(os.getpid())],
                                     ["-p", str(os.getpid()), "-C", "-1"]])
def test_samples_a_spinner(tool, schema_of, filters):
    running = tool("profile", "--json", "-F", "99", *filters)
    spin()
    records = running.records()
    assert all(fits_one(each, schema_of("profile")) for each in records)
    assert {each["pid"] for each in records} == {os.getpid()}
    assert 50 <= sum(each["value"] for each in records) <= 200
    assert any(each["user"] for each in records)


def test_prints_what_users_know(tool):
    running = tool("profile", "-d", "-p", os.getpid())
    spin()
    lines = running.finish()
    assert lines[0] == "Sampling at 49 Hertz of chosen processes by user + kernel stack... Hit Ctrl-C to end."
    with open("/proc/self/comm") as file:
        last = f"    -                {file.read().strip()} ({os.getpid()})"
    at = max(i for i, line in enumerate(lines) if line == last)
    assert re.fullmatch(r"        \d+", lines[at + 1]) and lines[at + 2] == ""
    first = tool("profile", "-K", "-c", "1000000", "1").finish()[0]
    assert first == "Sampling at 1000000 events of all threads by kernel stack for 1 secs."


def test_folded(tool):
    running = tool("profile", "-f", "-a", "-K", "-p", os.getpid())
    spin()
    lines = running.finish()
    assert lines and all(re.fullmatch(r"[^;]+(;[^;]+_\[k\])* \d+", line) for line in lines)


def test_idle_cpus_when_asked_for(tool):
    running = tool("profile", "-I", "-K", "--json")
    time.sleep(1)  # somebody is idle meanwhile
    assert any(each["pid"] == 0 for each in running.records())
    running = tool("profile", "-K", "--json")
    spin()
    assert not any(each["pid"] == 0 for each in running.records())
