"""The Python package's uprobes on this guest's kernel: with uprobe.multi and without."""
import subprocess
import sys

import pytest
from places import REPOSITORY


@pytest.mark.timeout(300)
@pytest.mark.needs("uprobe")
def test_the_machines_tests_hold_here():
    command = [sys.executable, "-m", "pytest", "-q", REPOSITORY / "tests/python/test_uprobes.py"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout
