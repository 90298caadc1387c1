"""funccount: functions of a library and tracepoints, with exact counts, and what wrong patterns are answered with."""

import ctypes
import os
import signal
import subprocess

import pytest
from places import BUILD
from steps import call, made_library


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> str:
    return made_library(tmp_path_factory.mktemp("steps"))


def counts(running) -> dict[str, int]:
    return {row["probe"]: row["count"] for row in running.records()}


def test_functions_of_a_pattern(tool, library):
    ctypes.CDLL(library)
    running = tool("funccount", "--json", "-p", os.getpid(), f"{library}:step_*")
    call(library)
    assert counts(running) == {"step_one": 23, "step_two": 7}


def test_one_function_of_all_processes(tool, library):
    running = tool("funccount", f"{library}:other")
    call(library)
    lines = running.finish()
    assert lines[0] == f'Tracing 1 functions for "{library}:other"... Hit Ctrl-C to end.'
    assert lines[-2:] == ["FUNC                                    COUNT",
                          "other                                      23"]


def test_a_regular_expression(tool, library):
    running = tool("funccount", "--json", "-r", f"{library}:^(step|oth).*")
    call(library)
    assert counts(running) == {"step_one": 23, "step_two": 7, "other": 23}


def test_tracepoints_of_a_pattern(tool):
    running = tool("funccount", "--json", "-p", os.getpid(), "t:syscalls:sys_enter_get*id")
    for _ in range(23):
        os.getppid()
    for _ in range(7):
        os.getpgid(0)
    found = counts(running)
    assert found["syscalls:sys_enter_getppid"] == 23 and found["syscalls:sys_enter_getpgid"] == 7


def test_usdt_probes(tool, library):
    running = tool("funccount", "--json", f"u:{library}:pass")
    steps = ctypes.CDLL(library)
    for number in [1] * 23 + [101] * 7:  # these seven pass both places of the probe
        steps.passes(number)
    assert counts(running) == {"steps:pass": 37}


def test_usdt_probes_of_a_process(tool, library):
    steps = ctypes.CDLL(library)
    running = tool("funccount", "--json", "-p", os.getpid(), "u::pass")
    for _ in range(23):
        steps.passes(1)
    assert counts(running) == {"steps:pass": 23}


def test_each_interval_starts_anew(tool, library):
    running = tool("funccount", "--json", "-i", "1", f"{library}:step_one")
    call(library)
    running.wait_until(lambda: "step_one" in running.output())
    call(library)
    rows = running.records()
    assert sum(row["count"] for row in rows) == 46 and all(row["count"] <= 46 for row in rows)


@pytest.mark.parametrize("pattern, said", [
    ("c:no_such_function_here", "no_such_function_here"), ("t:sched:sched_swich", "sched_switch"), ("x:y:z:w", "x"),
    ("", "hint: "), ("no_such_library_here:f", "no_such_library_here"),
])
def test_a_wrong_pattern_is_one_error(pattern, said):
    done = subprocess.run([BUILD / "bin/sonde", "funccount", pattern], capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2) and said in done.stderr and done.stderr.count("\n") <= 5, done.stderr
    assert done.stdout == ""


def test_ctrl_c_leaves_nothing(library):
    running = subprocess.Popen([BUILD / "bin/sonde", "funccount", "--attachments", f"{library}:step_*"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert " runs at " in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    call(library)
