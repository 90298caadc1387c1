"""funccount of the kernel's functions."""

import os

import pytest

pytestmark = pytest.mark.every_guest  # one link on one kernel, cookies of single probes on another


def counts(running) -> dict[str, int]:
    return {row["probe"]: row["count"] for row in running.records()}


def test_functions_of_a_pattern(tool, tmp_path):
    running = tool("funccount", "--json", "-p", os.getpid(), "vfs_*")
    assert " in one link" in running.errors()
    with open(tmp_path / "file", "wb") as file:
        for _ in range(23):
            os.fsync(file.fileno())
        for number in range(7):
            os.mkdir(tmp_path / f"folder-{number}")
    found = counts(running)
    assert found["vfs_fsync_range"] == 23 and found["vfs_mkdir"] == 7 and found["vfs_open"] >= 1


def test_one_function(tool, tmp_path):
    running = tool("funccount", "--json", "-p", os.getpid(), "vfs_mkdir")
    for number in range(23):
        os.mkdir(tmp_path / f"folder-{number}")
    assert counts(running) == {"vfs_mkdir": 23}
