"""funccount of the kernel's functions."""

import os
import subprocess

import pytest
from kernel_features import kernel_has

# One link on one kernel, cookies of single probes on another, and neither before Linux 5.15.
pytestmark = [pytest.mark.every_guest, pytest.mark.needs("kernel:5.15")]


@pytest.fixture
def folder(tmp_path_factory):
    """On tmpfs: a file system that lies over another one calls the kernel's functions once more for that."""
    place = tmp_path_factory.mktemp("tmpfs")
    subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)


def counts(running) -> dict[str, int]:
    return {row["probe"]: row["count"] for row in running.records()}


def test_functions_of_a_pattern(tool, folder):
    running = tool("funccount", "--json", "-p", os.getpid(), "vfs_*")
    assert (" in one link" in running.errors()) == kernel_has("kprobe_multi")
    with open(folder / "file", "wb") as file:
        for _ in range(23):
            os.fsync(file.fileno())
    for number in range(7):
        os.mkdir(folder / f"folder-{number}")
    found = counts(running)
    assert found["vfs_fsync_range"] == 23 and found["vfs_mkdir"] == 7 and found["vfs_open"] >= 1


def test_one_function(tool, folder):
    running = tool("funccount", "--json", "-p", os.getpid(), "vfs_mkdir")
    for number in range(23):
        os.mkdir(folder / f"folder-{number}")
    assert counts(running) == {"vfs_mkdir": 23}


def test_what_cannot_be_attached_is_counted(tool):
    running = tool("funccount", "--json", "vfs_*")
    assert "funccount: not attached: " in running.errors() and "ran only while the kernel started" in running.errors()
    running.records()
