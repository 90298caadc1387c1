"""Every accepted dialect case loads: compiled in the guest for its kernel, and as an object compiled for another
kernel."""

import os
import sys

import pytest
from places import REPOSITORY

sys.path[:0] = [str(REPOSITORY / "tests/dialect")]

from bcc import _core  # noqa: E402
from bed import kernels  # noqa: E402
from cases import OBJECTS, cases, compile_case  # noqa: E402
from cases_loading import compile_here, load, needs_of  # noqa: E402

CASES = [pytest.param(case, id=case.name, marks=[pytest.mark.needs(feature) for feature in needs_of(case)])
         for case in cases("accepted")]


@pytest.mark.parametrize("case", CASES)
def test_compiled_here(case):
    load(case, compile_here(case))


@pytest.mark.parametrize("case", CASES)
def test_compiled_elsewhere(case, tmp_path):
    load(case, _core.open_object(str(object_from_elsewhere(case, tmp_path))))


def object_from_elsewhere(case, folder):
    """The one that tests/dialect made on this guest's host, whose kernel is another; or one for the other guests'
    kernel."""
    made = OBJECTS / f"{case.name}.o"
    if made.exists():
        return made
    other = next(name for name in kernels.listed() if name != os.environ["SONDE_KERNEL"])
    compiled = compile_case(case, folder, "--btf", kernels.ready(other).vmlinux)
    assert compiled.status == 0, compiled.said
    return compiled.output
