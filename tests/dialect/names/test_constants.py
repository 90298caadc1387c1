"""Constants that programs may name without any header: the same numbers as in the kernel's own headers."""

import re

import pytest

import judge
from compiling import compile_for, program
from places import BUILD

TABLE = BUILD / "src/compile/generated/constants_table.inc"


def table_names():
    return re.findall(r'^"(\w+)"$', TABLE.read_text(), re.M)


@pytest.fixture(scope="module")
def names():
    found = table_names()
    assert len(found) > 20000, "the table of constants has shrunk"
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_every_constant_is_the_kernels(kernel, names, tmp_path):
    values = judge.values(kernel, names)
    assert len(values) > 12000, "the judge knows too few of the names to judge"
    asserts = [f'_Static_assert({name} == {literal(value)}, "{name} is {value}");' for name, value in values.items()]
    assert compile_for(kernel, program(*asserts), tmp_path) == ""


def test_a_wrong_number_would_be_seen(tmp_path):
    said = compile_for(judge.KERNELS[0], program('_Static_assert(EINVAL == 23, "EINVAL is 23");'), tmp_path)
    assert "EINVAL is 23" in said


def literal(value):
    if value == -2**63:
        return "(-0x7fffffffffffffffLL - 1)"
    return f"{value}LL" if value < 2**63 else f"{value}ULL"
