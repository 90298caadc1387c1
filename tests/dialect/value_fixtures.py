"""What the tests of values share, on this machine and in the guests: the readings, and what they yield compiled here or
portably."""

import pytest
from header_readings import HEADER_NAMES
from method_readings import METHODS
from reading import compiled_elsewhere, compiled_here, evaluating, values_of
from readings import READINGS, Known
from treacherous_readings import TREACHEROUS

ALL = READINGS + TREACHEROUS + METHODS + HEADER_NAMES
AT_ONCE = 60  # more in one program would take a guest longer to compile than a compiler may run


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "file_of_known_name"
    path.write_bytes(b"0123456789")
    with open(path, "rb", buffering=0) as file:
        yield Known(file)


@pytest.fixture(scope="module")
def values_here(known):
    return values_by(compiled_here, known)


def values_of_object(known, folder, *options) -> dict:
    """By an object that is made portably, for example with `--btf` of another kernel."""
    return values_by(lambda text: compiled_elsewhere(text, folder, *options), known)


def values_by(compile, known) -> dict:
    values = {}
    for start in range(0, len(ALL), AT_ONCE):
        readings = ALL[start:start + AT_ONCE]
        values |= values_of(compile(evaluating(readings, known.defines())), readings)
    return values


def named(reading) -> str:
    return reading.name
