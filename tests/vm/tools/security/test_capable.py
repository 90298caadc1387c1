"""capable: each check of a capability is a row."""

import os

import pytest
from fits_schema import fits_one

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

TIMES = 6


def be_checked():
    """chroot(2) asks for CAP_SYS_CHROOT, and nothing else."""
    for _ in range(TIMES):
        os.chroot("/")


def test_rows(tool):
    running = tool("capable", "-p", os.getpid())
    be_checked()
    lines = running.finish()
    assert lines[0] == "TIME      UID    PID    COMM             CAP  NAME                 AUDIT"
    rows = [line for line in lines if "CAP_SYS_CHROOT" in line]
    assert len(rows) == TIMES
    assert {tuple(row.split()[-3:]) for row in rows} == {("18", "CAP_SYS_CHROOT", "1")}


def test_each_once(tool):
    running = tool("capable", "--unique", "-x", "-p", os.getpid())
    be_checked()
    lines = running.finish()
    assert lines[0] == "TIME      UID    PID    TID    COMM             CAP  NAME                 AUDIT  INSETID"
    assert sum("CAP_SYS_CHROOT" in line for line in lines) == 1


def test_stacks_and_json(tool, schema_of):
    text = tool("capable", "-K", "-U", "-p", os.getpid())
    json = tool("capable", "-K", "-U", "--json", "-p", os.getpid())
    be_checked()
    lines, records = text.finish(), json.records()
    assert any("chroot+0x" in line and line.endswith(" [kernel]") and line.startswith("        ") for line in lines)
    mine = [each for each in records if each["name"] == "CAP_SYS_CHROOT"]
    assert len(mine) == TIMES
    assert all(any("chroot" in frame for frame in each["kernel"]) and each["user"] for each in mine)
    assert all(fits_one(each, schema_of("capable")) for each in records)


def test_not_of_others(tool):
    running = tool("capable", "-v", "-p", 1, "--comm", "nobody-has-it")
    be_checked()
    assert len(running.finish()) == 1
