"""Tests in this folder run on the machine itself. Some boot a guest of their own, where the guest itself is the
subject."""

import os
import subprocess
import sys

import pytest

from places import REPOSITORY
from running_tool import schema_of, tool  # noqa: F401, fixtures

sys.path.insert(0, str(REPOSITORY / "tests/vm"))


@pytest.fixture
def in_guest(tmp_path):
    """in_guest(["-m", "512"], "uname", "-r") runs one command in one guest; $VM_OUT is in_guest.out."""
    def run(options: list[str], *command: str, **how) -> subprocess.CompletedProcess:
        line = [REPOSITORY / "tests/vm/run", *options, "--", *command]
        return subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env=os.environ | {"VM_OUT": str(run.out)}, **how)
    run.out = tmp_path / "out"
    return run
