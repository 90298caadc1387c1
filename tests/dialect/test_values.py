"""What C yields in this machine's kernel: the treacherous reads, against /proc and known memory, and map methods."""

import pytest
from value_fixtures import ALL, known, named, values_here, values_of_object  # noqa: F401: pytest finds fixtures by name


@pytest.fixture(scope="module")
def values_of_portable(known, tmp_path_factory):
    return values_of_object(known, tmp_path_factory.mktemp("portable"))


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_compiled_here(reading, known, values_here):
    assert values_here[reading.name] == reading.truth(known)


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_portable(reading, known, values_of_portable):
    assert values_of_portable[reading.name] == reading.truth(known)
