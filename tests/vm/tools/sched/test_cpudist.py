"""cpudist: a sleeper's stretches on the CPU and off it are in the histogram, where they belong."""

import pytest
from fits_schema import fits_one
from known_load import buckets_of, sleep_as

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

SLEEPS = 50


def test_sleeps_are_time_off_the_cpu(tool, schema_of):
    running = tool("cpudist", "-O", "-P", "--json", "--comm", "sleeper")
    pid = sleep_as("sleeper", SLEEPS)
    (record,) = running.records()
    assert fits_one(record, schema_of("cpudist"))
    assert record["section"] == {"pid": pid, "process_comm": "sleeper"} and record["unit"] == "usecs"
    # 10 ms are in the bucket from 8192 us; above it when the machine is slow, and below it where the machine stood
    # still between the start of the timer and the switch to another task.
    long = [sum(count for low, count in buckets_of(record).items() if low >= least) for least in (1024, 8192)]
    assert SLEEPS <= long[0] <= record["count"] and long[1] > SLEEPS / 2


def test_stretches_on_the_cpu(tool):
    running = tool("cpudist", "-L", "--json", "-m", "--comm", "sleeper")
    pid = sleep_as("sleeper", SLEEPS)
    (record,) = running.records()
    assert record["section"] == {"tid": pid, "thread_comm": "sleeper"} and record["unit"] == "msecs"
    assert record["count"] >= SLEEPS


def test_prints_what_users_know(tool):
    running = tool("cpudist", "-e", "-P", "--comm", "sleeper")
    pid = sleep_as("sleeper", SLEEPS)
    lines = running.finish()
    assert lines[:2] == ["Tracing on-CPU time... Hit Ctrl-C to end.", ""]
    assert f"pid = {pid} sleeper" in lines
    assert "     usecs               : count     distribution" in lines
    assert any(line.startswith("avg = ") and " usecs, total: " in line for line in lines)
    assert tool("cpudist", "-O", "1", "1").finish()[0] == "Tracing off-CPU time... Hit Ctrl-C to end."


def test_idle_tasks_when_asked_for(tool):
    running = tool("cpudist", "-I", "-L", "--json", "1", "1")
    running.process.wait()
    assert any(record["section"]["tid"] == 0 for record in running.records())
    assert not any(record["section"]["tid"] == 0 for record in tool("cpudist", "-L", "--json", "1", "1").records())
