"""Two hundred random programs compile without a word, load, and read what /proc says."""

import pytest
from random_programs import random_readings
from reading import compiled_elsewhere, compiled_here, evaluating, values_of
from value_fixtures import known  # noqa: F401: pytest finds fixtures by name

SEEDS = [20260101, 20260102, 20260103, 20260104]
AT_ONCE = 50


@pytest.mark.parametrize("seed", SEEDS)
def test_values(seed, known, tmp_path):
    readings = random_readings(seed, AT_ONCE)
    text = evaluating(readings, known.defines())
    here = compiled_here(text)
    assert here.diagnostics == b""
    expected = {reading.name: reading.truth(known) for reading in readings}
    assert values_of(here, readings) == expected
    assert values_of(compiled_elsewhere(text, tmp_path), readings) == expected
