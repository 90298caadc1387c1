"""Every accepted case loads into this machine's kernel, compiled for it and compiled to be portable."""

import shutil

import pytest
from bcc import _core
from cases import OBJECTS, cases, compile_case
from cases_loading import compile_here, load, needs_of


def parameters():
    return [pytest.param(case, id=case.name, marks=[pytest.mark.needs(feature) for feature in needs_of(case)])
            for case in cases("accepted")]


@pytest.mark.parametrize("case", parameters())
def test_loads(case):
    load(case, compile_here(case))


@pytest.mark.parametrize("case", parameters())
def test_portable_object_loads(case, tmp_path):
    compiled = compile_case(case, tmp_path)
    load(case, _core.open_object(str(compiled.output)))


@pytest.mark.parametrize("case", cases("accepted"), ids=lambda case: case.name)
def test_object_for_the_guests(case, tmp_path):
    """tests/vm/test_dialect_loads.py loads it on kernels that it was not compiled for. Compiling is reproducible."""
    compiled = compile_case(case, tmp_path)
    made = compiled.output.read_bytes()
    assert compile_case(case, tmp_path).output.read_bytes() == made, "the same text gives another object"
    OBJECTS.mkdir(exist_ok=True)
    shutil.copy(compiled.output, OBJECTS / (case.name + ".new"))
    (OBJECTS / (case.name + ".new")).rename(OBJECTS / (case.name + ".o"))
