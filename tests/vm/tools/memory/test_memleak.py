"""memleak: what is allocated and not freed is counted to the byte."""

import ctypes
import json
import os
import re
import sys

import pytest
from fits_schema import fits_one

LIBC = ctypes.CDLL(None, use_errno=True)
for each in ("malloc", "calloc", "realloc", "aligned_alloc", "memalign", "valloc"):
    getattr(LIBC, each).restype = ctypes.c_void_p
    getattr(LIBC, each).argtypes = [ctypes.c_size_t] * (1 if each in ("malloc", "valloc") else 2)
LIBC.free.argtypes = [ctypes.c_void_p]
LIBC.realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

BYTES = 123_456  # nobody else asks for so much
ONLY = ["-z", BYTES, "-Z", BYTES]
TIMES = 10


def last_report(records: list[dict]) -> list[dict]:
    return [each for each in records if each["time"] == records[-1]["time"]] if records else []


def posix_memalign(size: int) -> int:
    pointer = ctypes.c_void_p()
    assert LIBC.posix_memalign(ctypes.byref(pointer), 64, size) == 0
    return pointer.value


ALLOCATORS = [
    LIBC.malloc,
    lambda size: LIBC.calloc(size // 8, 8),
    lambda size: LIBC.realloc(LIBC.malloc(16), size),
    lambda size: LIBC.memalign(64, size),
    lambda size: LIBC.aligned_alloc(64, size),
    LIBC.valloc,
    posix_memalign,
]


def test_counts_what_is_held(tool, schema_of):
    sizes = {BYTES + 8 * i: allocate for i, allocate in enumerate(ALLOCATORS)}
    range_of_sizes = ["-o", 0, "-p", os.getpid(), "-z", min(sizes), "-Z", max(sizes), "-T", 100, 3600]
    running = [tool("memleak", "--json", *way, *range_of_sizes) for way in ([], ["--combined-only"])]
    held = {size: [allocate(size) for _ in range(TIMES)] for size, allocate in sizes.items()}
    for pointers in held.values():
        for _ in range(4):
            LIBC.free(pointers.pop())
    for each in running:
        records = each.records()
        assert all(fits_one(record, schema_of("memleak")) for record in records)
        assert sum(record["allocations"] for record in records) == (TIMES - 4) * len(sizes)
        assert sum(record["bytes"] for record in records) == (TIMES - 4) * sum(sizes)
    for pointers in held.values():
        for pointer in pointers:
            LIBC.free(pointer)


def test_a_resized_block_is_one_block(tool):
    running = tool("memleak", "--json", "-o", 0, "-p", os.getpid(), *ONLY, 3600)
    held = LIBC.realloc(LIBC.malloc(BYTES), BYTES)
    assert LIBC.realloc(held, 1 << 62) is None  # no memory: the old block stays
    records = running.records()
    LIBC.free(held)
    assert [(each["bytes"], each["allocations"]) for each in records] == [(BYTES, 1)]


def test_traces_a_command_from_its_first_instruction(tool):
    code = f"import ctypes\nfor _ in range(23): ctypes.CDLL(None).malloc({BYTES})"
    running = tool("memleak", "--json", "-t", *ONLY, "--exec", sys.executable, "-c", code)
    assert running.process.wait(60) == 0
    records = running.records()
    assert [(each["call"], each["bytes"]) for each in records] == [("alloc", BYTES)] * 23


def test_prints_what_users_know(tool):
    running = tool("memleak", "-a", "-o", 0, "-p", os.getpid(), *ONLY, 3600)
    held = [LIBC.malloc(BYTES) for _ in range(2)]
    lines = running.finish()
    for pointer in held:
        LIBC.free(pointer)
    assert lines[0] == f"Attaching to pid {os.getpid()}, Ctrl+C to quit."
    assert re.fullmatch(r"\[\d\d:\d\d:\d\d\] Top 10 stacks with outstanding allocations:", lines[1])
    assert sorted(lines[2:4]) == sorted(f"\taddr = {pointer:x} size = {BYTES}" for pointer in held)
    assert lines[4] == f"\t{2 * BYTES} bytes in 2 allocations from stack"
    assert all(re.fullmatch(r"\t\t0x[0-9a-f]{16}\t\S.*", line) for line in lines[5:]) and lines[5:]


def test_young_blocks_and_those_beyond_the_top_are_left_out(tool):
    young = tool("memleak", "--json", "-o", 3_600_000, "-p", os.getpid(), *ONLY, 3600)
    top = tool("memleak", "--json", "-o", 0, "-T", 1, "-p", os.getpid(), "-z", BYTES, "-Z", BYTES + 1, 3600)
    held = [LIBC.malloc(BYTES), LIBC.calloc(1, BYTES + 1)]
    assert young.records() == []
    assert [each["bytes"] for each in top.records()] == [BYTES + 1]
    for pointer in held:
        LIBC.free(pointer)


def test_a_library_without_malloc_is_named(tool, capfd):
    with pytest.raises(AssertionError, match="alloc"):
        tool("memleak", "-p", os.getpid(), "-O", "m")


def of_eventfd(records: list[dict]) -> list[int]:
    return [each["allocations"] for each in last_report(records) if any("eventfd" in frame for frame in each["stack"])]


def test_the_kernels_own(tool, schema_of):
    with open("/proc/self/comm") as file:
        comm = file.read().strip()
    running = [tool("memleak", "--json", "-o", 0, "-T", 1000, "--comm", comm, *way, 3600)
               for way in ([], ["--wa-missing-free"], ["--combined-only"])]
    held = [os.eventfd(0) for _ in range(23)]
    for each in running:
        records = each.records()
        assert all(fits_one(record, schema_of("memleak")) for record in records)
        assert 23 in of_eventfd(records)
        stacks = [record["stack"] for record in records if record["stack"]]
        assert not [stack for stack in stacks if "bpf_prog_" in stack[0]]  # the tracing program is no part of the stack
    for each in held:
        os.close(each)


def test_what_the_kernel_frees_is_gone(tool):
    with open("/proc/self/comm") as file:
        comm = file.read().strip()
    running = tool("memleak", "--json", "-o", 0, "-T", 1000, "--comm", comm, 1)

    def last_counts() -> list[int]:
        return of_eventfd([json.loads(line) for line in running.output().splitlines()])
    held = [os.eventfd(0) for _ in range(23)]
    running.wait_until(lambda: 23 in last_counts())
    kept = os.eventfd(0)  # a report of nothing is not printed
    for each in held:
        os.close(each)
    running.wait_until(lambda: last_counts() and 23 not in last_counts())  # some of it when the kernel gets round to it
    os.close(kept)
    running.records()
