"""What C yields in this machine's kernel: the treacherous reads, against /proc and known memory, and map methods."""

import pytest
from method_readings import METHODS
from reading import compiled_elsewhere, compiled_here, evaluating, values_of
from readings import READINGS, Known

ALL = READINGS + METHODS


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "file_of_known_name"
    with open(path, "w") as file:
        yield Known(file)


@pytest.fixture(scope="module")
def values_here(known):
    return values_of(compiled_here(evaluating(ALL, known.defines())), ALL)


@pytest.fixture(scope="module")
def values_of_portable(known, tmp_path_factory):
    made = compiled_elsewhere(evaluating(ALL, known.defines()), tmp_path_factory.mktemp("portable"))
    return values_of(made, ALL)


def named(reading):
    return reading.name


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_compiled_here(reading, known, values_here):
    assert values_here[reading.name] == reading.truth(known)


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_portable(reading, known, values_of_portable):
    assert values_of_portable[reading.name] == reading.truth(known)
