"""Five hundred random structs: however one is filled, it is one key, and no byte of the stack leaves in it."""

import ctypes
import os

import bcc
import pytest
from random_structs import Case, expected_bytes, program_text, random_cases

COUNT, AT_ONCE, SEED = 500, 50, 20260401
TRIGGERS = 3
CASES = random_cases(SEED, COUNT)


@pytest.mark.parametrize("start", range(0, COUNT, AT_ONCE))
def test_one_key_and_no_stack(start, tmp_path):
    cases = CASES[start:start + AT_ONCE]
    expected = expected_bytes(cases, tmp_path)
    arrived = what_arrives(cases)
    for case in cases:  # the kernel fills samples up to whole words
        arrived[case.struct.name] = {each[:len(expected[case.struct.name])] for each in arrived[case.struct.name]}
    wrong = {str(case): (arrived[case.struct.name], expected[case.struct.name]) for case in cases
             if arrived[case.struct.name] != {expected[case.struct.name]}}
    assert not wrong


def what_arrives(cases: list[Case]) -> dict[str, set[bytes]]:
    bpf = bcc.BPF(text=program_text(cases, os.getpid()))
    try:
        arrived: dict[str, set[bytes]] = {case.struct.name: set() for case in cases}
        for case in cases:
            if case.sort == "event":
                listen(bpf, case, arrived[case.struct.name])
        for case in cases:  # each right after the program that leaves the kernel's stack dirty
            attach(bpf, "make_dirty")
            attach(bpf, f"run_{case.struct.name}")
        for _ in range(TRIGGERS):
            os.getppid()
        bpf.perf_buffer_consume()
        bpf.ring_buffer_consume()
        for case in cases:
            if case.sort != "event":
                arrived[case.struct.name] = content(bpf[case.map], case)
        return arrived
    finally:
        bpf.cleanup()


def attach(bpf, name: str) -> None:
    bpf._session.attach_raw_tracepoint("sys_enter", name)


def listen(bpf, case: Case, arrived: set[bytes]) -> None:
    def keep(_, data, length):
        arrived.add(ctypes.string_at(data, length))

    if case.use == "perf_submit":
        bpf[case.map].open_perf_buffer(keep)
    else:
        bpf[case.map].open_ring_buffer(keep)


def content(table, case: Case) -> set[bytes]:
    if case.use == "pushed":
        return {bytes(table.pop()) for _ in range(4)}
    if case.sort == "key":
        return {bytes(key) for key in table.keys()}
    if case.use == "percpu":
        return {bytes(leaf) for leaf in table[ctypes.c_int(0)] if any(bytes(leaf))}
    return {bytes(leaf) for leaf in table.values()}
