"""What reads of the kernel's memory yield on this machine: the treacherous ones, against /proc and known memory."""

import pytest
from reading import compiled_elsewhere, compiled_here, program, run
from readings import READINGS, Known


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "file_of_known_name"
    with open(path, "w") as file:
        yield Known(file)


def named(reading):
    return reading.name


@pytest.mark.parametrize("reading", READINGS, ids=named)
def test_reads_the_value(reading, known):
    text = program(reading.body, known.defines() + reading.head)
    assert run(compiled_here(text)) == reading.truth(known)


@pytest.mark.parametrize("reading", READINGS, ids=named)
def test_portable_object_reads_the_value(reading, known, tmp_path):
    text = program(reading.body, known.defines() + reading.head)
    assert run(compiled_elsewhere(text, tmp_path)) == reading.truth(known)
