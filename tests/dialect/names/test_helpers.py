"""The kernel's helper functions: every one of them can be called, and by the number that the kernel gives it."""

import re

import pytest

import judge
from compiling import compile_for, program
from places import REPOSITORY

TEXT = (REPOSITORY / "src/compile/include/sonde/helpers.h").read_text().replace("\\\n", "").replace("\n    ", " ")
DECLARED = re.findall(r"^static (.*?)\(\*const (\w+)\)\((.*?)\) = \(void \*\)(\d+);", TEXT, re.M)
MACROS = re.findall(r"^#define (bpf_\w+)\(\.\.\.\)\s*\((?:\(struct \w+ \*\))?\((.*?) ?\(\*\)\((.*)\)\)(\d+)\)\(__VA_ARGS__\)", TEXT, re.M)
HELPERS = {name: (returns.strip("( "), parameters, int(number))
           for returns, name, parameters, number in DECLARED + [(ret, name, par, num) for name, ret, par, num in MACROS]}
# By the dialect's name, not by the kernel's.
RENAMED = {"bpf_trace_printk_": "trace_printk", "bcc_get_stackid_": "get_stackid"}


def kernel_name(name):
    return RENAMED.get(name, name.removeprefix("bpf_"))


def call(name):
    returns, parameters, _ = HELPERS[name]
    count = 0 if parameters == "void" else len(parameters.replace(", ...", "").split(","))
    text = f"{name}({', '.join('0' * count)})"
    return text + ";" if returns == "void" else f"total += (u64){text};"


def test_all_of_them_are_known():
    assert {number for _, _, number in HELPERS.values()} == set(range(1, 212))


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_numbers_are_the_kernels(kernel, tmp_path):
    numbers = judge.values(kernel, [f"BPF_FUNC_{kernel_name(name)}" for name in HELPERS])
    assert len(numbers) > 200
    wrong = {name: number for name, (_, _, number) in HELPERS.items()
             if numbers.get(f"BPF_FUNC_{kernel_name(name)}", number) != number}
    assert wrong == {}


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_each_can_be_called(kernel, tmp_path):
    # One function each: together they would not fit a program.
    functions = [f"static __noinline u64 call_{i}(void) {{ u64 total = 0; {call(name)} return total; }}"
                 for i, name in enumerate(HELPERS)]
    calls = " + ".join(f"call_{i}()" for i in range(len(HELPERS)))
    assert compile_for(kernel, program(*functions, body=f"return {calls};"), tmp_path) == ""


def test_printing_takes_three_values(tmp_path):
    kernel = judge.KERNELS[0]
    assert compile_for(kernel, program(body='bpf_trace_printk("%d %d %d\\n", 1, 2, 3); return 0;'), tmp_path) == ""
    said = compile_for(kernel, program(body='bpf_trace_printk("%d %d %d %d\\n", 1, 2, 3, 4); return 0;'), tmp_path)
    assert "bpf_trace_printk prints at most 3 values; bpf_printk prints up to 12" in said
    assert compile_for(kernel, program(body='bpf_printk("%d %d %d %d\\n", 1, 2, 3, 4); return 0;'), tmp_path) == ""
    assert compile_for(kernel, program(body='char f[] = "%d"; bpf_trace_printk(f, sizeof(f), 1); return 0;'), tmp_path) == ""
