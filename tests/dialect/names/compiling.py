"""Compiling small programs with sonde-cc for the kernels of the test bed."""

import subprocess

import judge
from places import BUILD

SONDE_CC = BUILD / "bin/sonde-cc"


def compile_for(kernel, text, folder):
    """What sonde-cc says of the text; empty if nothing is wrong with it."""
    source = folder / "program.c"
    source.write_text(text)
    command = [SONDE_CC, "--btf", judge.kernel(kernel).vmlinux, "-o", folder / "program.o", source]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 1), f"sonde-cc ended with {done.returncode}:\n{done.stderr}"
    return "" if done.returncode == 0 else done.stderr or "it failed without a word"


def program(*lines, includes=(), body="return 0;"):
    """A program of these top-level lines and this body; `ctx` is registers."""
    head = [f"#include <{header}>" for header in includes]
    return "\n".join([*head, *lines, "int judged(struct pt_regs *ctx) {", body, "}", ""])
