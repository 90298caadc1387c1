"""memleak: what each case of allocations.c leaves, to the byte."""

import os
import subprocess

import pytest
from places import REPOSITORY

PAGE = 4096
NOTHING = (0, 0)
LEFT = {  # bytes, allocations
    "large": (1_000_000, 1),
    "grown": NOTHING,
    "grown_little": NOTHING,
    "shrunk": (5000, 1),
    "shrunk_large": (300_000, 1),
    "refused": NOTHING,
    "refused_resizing": (1000, 1),
    "aligned": (777 + 640 + 11 * 13 + 500_000, 4),
    "array": (770, 1),
    "copies": (110, 10),
    "forked": (600, 1),
    "mapped": (16 * PAGE, 1),
    "not_mapped": NOTHING,
    "moved_and_unmapped": NOTHING,
    "moved": (256 * PAGE, 1),
    "moved_small": (3 * PAGE, 1),
    "moved_part": (20 * PAGE, 3),
    "not_moved": (16 * PAGE, 1),
    "front": (7 * PAGE, 1),
    "back": (7 * PAGE, 1),
    "middle": (8 * PAGE, 2),
    "in_parts": NOTHING,
    "across": (16 * PAGE, 2),
    "both": NOTHING,
    "odd_bytes": (PAGE, 1),
    "replaced": (10 * PAGE, 1),
    "very_many": (2000 * PAGE, 2000),
    "very_many_unmapped": NOTHING,
}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    binary = tmp_path_factory.mktemp("memleak") / "allocations"
    source = REPOSITORY / "tests/host/allocations.c"
    subprocess.run(["cc", "-O1", "-fno-builtin", "-pthread", "-o", binary, source], check=True)
    return binary


@pytest.fixture
def left(program, tool):
    """left("large", …) are the records of memleak when that case is done."""
    running = []

    def run(case: str, *options) -> list[dict]:
        process = subprocess.Popen([program, case], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        running.append(process)
        memleak = tool("memleak", "--json", "-o", 0, "-T", 100, "-p", process.pid, *options, 3600)
        process.stdin.write(b"g")
        assert process.stdout.read(1) == b"d"
        return memleak.records()
    yield run
    for process in running:
        process.communicate()


def total(records: list[dict]) -> tuple[int, int]:
    return sum(each["bytes"] for each in records), sum(each["allocations"] for each in records)


@pytest.mark.parametrize("case", LEFT)
def test_what_is_left(left, case):
    assert total(left(case)) == LEFT[case]


@pytest.mark.parametrize("case", ["large", "shrunk_large", "moved_part", "across", "not_moved"])
def test_what_is_left_of_sums_kept_in_the_kernel(left, case):
    assert total(left(case, "--combined-only")) == LEFT[case]


def of_function(records: list[dict], name: str) -> list[dict]:
    return [each for each in records if any(frame.startswith(name + "+") for frame in each["stack"])]


@pytest.mark.parametrize(("case", "function", "wanted"), [
    ("threads", "many", (800_000, 20_000)), ("first_of_thread", "first", (40, 1)), ("handed_over", "produce", NOTHING)])
def test_threads(left, case, function, wanted):
    """Their stacks are the C library's own mappings, which it keeps."""
    assert total(of_function(left(case), function)) == wanted


def test_each_call_is_a_row(program, tool):
    process = subprocess.Popen([program, "large"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    memleak = tool("memleak", "-t", "--json", "-p", process.pid)
    process.stdin.write(b"g")
    assert process.stdout.read(1) == b"d"
    rows = memleak.records()
    process.communicate()
    wanted = [("alloc", 1_000_000), ("alloc", 2_000_000), ("free", 2_000_000)]
    assert [(each["call"], each["bytes"]) for each in rows] == wanted
