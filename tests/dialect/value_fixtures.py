"""What the tests of values share, on this machine and in the guests: the readings, and what they yield compiled here or portably."""

import pytest
from method_readings import METHODS
from reading import compiled_elsewhere, compiled_here, evaluating, values_of
from readings import READINGS, Known
from treacherous_readings import TREACHEROUS

ALL = READINGS + TREACHEROUS + METHODS


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "file_of_known_name"
    path.write_bytes(b"0123456789")
    with open(path, "rb", buffering=0) as file:
        yield Known(file)


@pytest.fixture(scope="module")
def values_here(known):
    return values_of(compiled_here(evaluating(ALL, known.defines())), ALL)


def values_of_object(known, folder, *options) -> dict:
    """By an object that is made portably, for example with `--btf` of another kernel."""
    return values_of(compiled_elsewhere(evaluating(ALL, known.defines()), folder, *options), ALL)


def named(reading) -> str:
    return reading.name
