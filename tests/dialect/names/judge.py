"""The judge of names: real kernel headers, Debian's, of every kernel of the test bed, compiled for the kernel
itself."""

import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from places import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests/vm"))

from bed import kernels  # noqa: E402

KERNELS = [name for name, source in kernels.listed().items() if source.tests == "all"]
HEADERS = Path(__file__).with_name("headers.txt").read_text().split()
CLANG = "clang-19"
INTEGER = ("#define INTEGER(x) _Generic((x), _Bool: 1, char: 1, signed char: 1, unsigned char: 1, short: 1, "
           "unsigned short: 1, int: 1, unsigned: 1, long: 1, unsigned long: 1, long long: 1, unsigned long long: 1)")


@cache
def kernel(name):
    return kernels.ready(name)


@cache
def flags(name):
    """What the kernel's own build would say, as far as headers care."""
    source = kernels.headers(kernel(name)) / "usr/src"
    common = next(source.glob("linux-headers-*-common"))
    built = source / f"linux-headers-{kernel(name).release}"
    folders = [common / "arch/x86/include", built / "arch/x86/include/generated", common / "include", built / "include",
               common / "arch/x86/include/uapi", built / "arch/x86/include/generated/uapi", common / "include/uapi",
               built / "include/generated/uapi"]
    first = [f"linux/{file}.h" for file in ("compiler-version", "kconfig", "compiler_types")]
    words = ["modname", "basename", "modfile"]
    return [CLANG, "-target", "x86_64-linux-gnu", "-x", "c", "-std=gnu11", "-w", "-O2", "-nostdinc", "-ferror-limit=0",
            "-fno-caret-diagnostics", "-fms-extensions", "-fno-stack-protector", "-mcmodel=kernel", "-mno-sse",
            *[f"-I{folder}" for folder in folders],
            *[part for file in first if (common / "include" / file).exists() for part in ("-include", file)],
            "-D__KERNEL__", "-DCC_USING_FENTRY", *[f'-DKBUILD_{word.upper()}="judge"' for word in words]]


def run(name, lines, *more):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = subprocess.run([*flags(name), file.name, *more], capture_output=True, text=True)
        return done.stdout, done.stderr, file.name


def values(name, expressions):
    """{expression: its value in this kernel}, as a signed or unsigned number; what the kernel does not have is left
    out."""
    known = {text for text in expressions if "(" not in text}
    return constants(name, sorted(known)) | folded(name, [text for text in expressions if text not in known])


def head():
    return [f"#include <{header}>" for header in HEADERS] + [INTEGER]


def compiling(name, lines):
    """Those of the lines, put after all headers, that compile."""
    while True:
        _, errors, file = run(name, head() + lines, "-fsyntax-only")
        bad = {int(line) for line in re.findall(rf"{re.escape(file)}:(\d+):\d+: (?:fatal )?error:", errors)}
        if not bad:
            assert "error:" not in errors, f"the headers of {name} do not compile:\n{errors[:2000]}"
            return lines
        lines = [line for number, line in enumerate(lines, len(head()) + 1) if number not in bad]


def constants(name, names):
    probes = compiling(name, [f"enum {{ probe_{text} = INTEGER({text}) / ((({text}) | 1) != 0) }};" for text in names])
    known = [re.match(r"enum { probe_(\w+)", line).group(1) for line in probes]
    table = [f"(unsigned long long)({text}), (__typeof__(+({text})))-1 > 0," for text in known]
    declared = head() + ["const unsigned long long sonde_table[] = {", *table, "};"]
    assembly, errors, _ = run(name, declared, "-S", "-o", "-")
    assert "sonde_table:" in assembly, errors[:2000]
    values = assembly.split("\nsonde_table:")[1].split(".size")[0]
    numbers = [int(text) for text in re.findall(r"\.quad\s+(-?\d+)", values)]
    assert len(numbers) == 2 * len(known)
    pairs = zip(numbers[::2], numbers[1::2])
    return {text: number % 2**64 if unsigned else (number + 2**63) % 2**64 - 2**63
            for text, (number, unsigned) in zip(known, pairs)}


def folded(name, expressions):
    """Of what is an inline function, the optimizer's answer, cut to 32 bits as both sides' types may differ in
    width."""
    lines = [f"unsigned int sonde_value_{i}(void) {{ return (unsigned int)({text}); }}"
             for i, text in enumerate(expressions)]
    code, errors, _ = run(name, head() + compiling(name, lines), "-S", "-emit-llvm", "-o", "-")
    answers = re.findall(r"@sonde_value_(\d+)\(\)[^{]*{\n(?:[^}]*\n)?\s+ret i32 (-?\d+)", code)
    return {expressions[int(i)]: int(number) % 2**32 for i, number in answers}


def config(name):
    """The options of this kernel that are y or m."""
    text = (kernel(name).tree / "boot" / f"config-{kernel(name).release}").read_text()
    return set(re.findall(r"^(CONFIG_\w+)=[ym]$", text, re.M))
