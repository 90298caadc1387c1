"""The way of events on this guest's kernel: what holds on the machine."""

import subprocess
import sys

import pytest
from places import REPOSITORY


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", ["test_events.py", "test_event_path.py"])
def test_what_holds_on_the_machine(file):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", REPOSITORY / "tests/python" / file]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
