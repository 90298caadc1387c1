"""What reads of the kernel's memory yield on this machine: the treacherous ones, against /proc and known memory."""

import pytest
from reading import compiled_elsewhere, compiled_here, evaluating, values_of
from readings import READINGS, Known


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "file_of_known_name"
    with open(path, "w") as file:
        yield Known(file)


@pytest.fixture(scope="module")
def values_here(known):
    return values_of(compiled_here(evaluating(READINGS, known.defines())), READINGS)


@pytest.fixture(scope="module")
def values_of_portable(known, tmp_path_factory):
    made = compiled_elsewhere(evaluating(READINGS, known.defines()), tmp_path_factory.mktemp("portable"))
    return values_of(made, READINGS)


def named(reading):
    return reading.name


@pytest.mark.parametrize("reading", READINGS, ids=named)
def test_compiled_here(reading, known, values_here):
    assert values_here[reading.name] == reading.truth(known)


@pytest.mark.parametrize("reading", READINGS, ids=named)
def test_portable(reading, known, values_of_portable):
    assert values_of_portable[reading.name] == reading.truth(known)
