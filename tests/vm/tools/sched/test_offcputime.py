"""offcputime: a sleeper's sleeps are under its stack, their time summed."""

import re

import pytest
from fits_schema import fits_one
from known_load import sleep_as

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

SLEEPS = 50
SLEPT_US = SLEEPS * 10_000


def slept(records: list[dict]) -> list[dict]:
    return [each for each in records if any("nanosleep" in frame for frame in each["kernel"])]


def test_sums_sleeps(tool, schema_of):
    running = [tool("offcputime", "--json", "-K", "--comm", "sleeper", *options)
               for options in ([], ["-u"], ["--state", "1"], ["-m", "5000"])]
    pid = sleep_as("sleeper", SLEEPS)
    for each in running:
        records = each.records()
        assert all(fits_one(record, schema_of("offcputime")) and "user" not in record for record in records)
        assert {(record["comm"], record["pid"], record["tid"]) for record in records} == {("sleeper", pid, pid)}
        assert not [frame for record in records for frame in record["kernel"] if "bpf_" in frame]  # the tracing's own
        assert SLEPT_US <= sum(record["value"] for record in slept(records)) < 3 * SLEPT_US


def test_leaves_sleeps_out(tool):
    running = [tool("offcputime", "--json", "-K" if "-k" not in options else "-d", "--comm", "sleeper", *options)
               for options in (["-k"], ["--state", "2"], ["-M", "5000"], ["-m", "3600000000"], ["-p", "1"],
                               ["-t", "1"])]
    sleep_as("sleeper", SLEEPS)
    assert [slept(each.records()) for each in running] == [[]] * 6


def test_prints_what_users_know(tool):
    running = tool("offcputime", "-d", "--comm", "sleeper")
    pid = sleep_as("sleeper", SLEEPS)
    lines = running.finish()
    assert lines[0] == "Tracing off-CPU time (us) of all threads by user + kernel stack... Hit Ctrl-C to end."
    at = max(i for i, line in enumerate(lines) if line == f"    -                sleeper ({pid})")
    assert re.fullmatch(r"        \d+", lines[at + 1]) and lines[at + 2] == "" and "    --" in lines
    assert any(re.fullmatch(r"    \S*nanosleep\S*", line) for line in lines)
    assert tool("offcputime", "-K", "-p", "1,2", "1").finish()[0] == (
        "Tracing off-CPU time (us) of chosen processes by kernel stack for 1 secs.")


def test_folded_and_a_flame_graph(tool, tmp_path):
    graph = tmp_path / "graph.svg"
    running = tool("offcputime", "-K", "-f", "--flamegraph", graph, "--comm", "sleeper")
    sleep_as("sleeper", SLEEPS)
    lines = running.finish()
    assert all(re.fullmatch(r"sleeper(;[^;]+)+ \d+", line) for line in lines)
    assert SLEPT_US <= sum(int(line.rsplit(" ", 1)[1]) for line in lines if "nanosleep" in line)
    assert "nanosleep" in graph.read_text()
