"""What the tests of the Python package share."""

import os

import pytest

from getppid_program import TEXT


@pytest.fixture
def run():
    """run(declarations, body) gives a BPF object whose body runs at each set_off()."""
    from bcc import BPF
    made = []

    def make(declarations="", body="", **options):
        text = TEXT % {"declarations": declarations, "body": body}
        made.append(BPF(text=text, cflags=["-DPID=%d" % os.getpid()], **options))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()
