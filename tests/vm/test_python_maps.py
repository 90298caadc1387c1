"""The Python package's maps and tables on this guest's kernel: with its batch commands, and its kinds of maps."""
import subprocess
import sys

import pytest
from places import REPOSITORY


@pytest.mark.timeout(400)
@pytest.mark.parametrize("file", ["test_maps.py", "test_tables.py"])
def test_the_machines_tests_hold_here(file):
    command = [sys.executable, "-m", "pytest", "-q", REPOSITORY / "tests/python" / file]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout
