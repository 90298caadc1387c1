#!/usr/bin/env python3
"""Writes src/compile/headers/header_names.txt: which kernel header has a name that sonde answers neither from BTF nor
by itself.

A line is a header and its macros, inline functions and types. They are taken from the headers of every kernel of the
test bed that has some (tests/dialect/names/judge.py fetches them): those of tests/dialect/names/headers.txt, and what
these include. Run by hand when a kernel is added; needs a built tree.
"""

import re
import struct
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/dialect/names")]

import judge  # noqa: E402
from places import BUILD  # noqa: E402

OUTPUT = ROOT / "src/compile/headers/header_names.txt"
# Numbers of hardware that no tracing program asks for, and what a build generates.
SKIPPED_HEADERS = re.compile(r"generated/|linux/(pci_ids|mod_devicetable|hyperv)"
                             r"|asm/(msr-index|cpufeatures|apicdef|inat|hyperv)"
                             r"|asm-generic/hyperv|uapi/linux/pci_regs")
SKIPPED_NAMES = re.compile(r"CONFIG_|_[A-Z]|__(?!GFP_)\w*[A-Z]|_.*_H_*$|\w$")
INCLUDE_FOLDERS = re.compile(r".*?/(?:arch/x86/)?include/(?:generated/)?(?:uapi/)?(?=(?:\w[\w-]*)/)")


def header_of(path):
    """"/…/arch/x86/include/uapi/asm/ptrace.h" -> "asm/ptrace.h"."""
    return INCLUDE_FOLDERS.sub("", path, count=1)


def lines_by_header(kernel):
    """(header, line) of all headers after preprocessing, definitions of macros kept."""
    includes = [f"#include <{header}>" for header in judge.HEADERS]
    text, errors, _ = judge.run(kernel, includes, "-E", "-dD")
    assert text, errors[:2000]
    header = None
    for line in text.split("\n"):
        if place := re.match(r'# \d+ "([^"]+)"', line):
            header = header_of(place.group(1)) if place.group(1).startswith("/") else None
        elif header and not SKIPPED_HEADERS.match(header):
            yield header, line


MACRO = re.compile(r"#define (\w+)(?:\(.*?\))? (?!\1$)\S")  # not of an enumerator's own name
FUNCTION = re.compile(r"(?:static|extern)\b.*?\binline\b.*?\b(\w+)\s*\((?!\()")
TYPE = re.compile(r"(?:typedef\b.*\b(\w+);|(?:struct|union|enum) (\w+) \{)")


def names_of(kernel):
    """{name: header} of macros and inline functions, and of types."""
    others, types, depth, head = {}, {}, 0, ""
    for header, line in lines_by_header(kernel):
        if depth == 0 and line.startswith(("static ", "extern ")) and re.search(r"[\w*]$|__\)\)$", line):
            head = line + " "  # the function's name is on the next line
            continue
        line, head = head + line, ""
        if line.startswith("#"):
            if macro := MACRO.match(line):
                others.setdefault(macro.group(1), header)
            continue
        if depth == 0 and (function := FUNCTION.match(line)):
            others.setdefault(function.group(1), header)
        elif depth == 0 and (type := TYPE.match(line)):
            types.setdefault(type.group(1) or type.group(2), header)
        depth += line.count("{") - line.count("}")
    return others, types


def btf_names(vmlinux):
    """Every string of the kernel's BTF, its types' names among them."""
    with open("/dev/null", "wb") as nothing:
        section = subprocess.run(["llvm-objcopy-19", "--dump-section=.BTF=/dev/stdout", str(vmlinux), "/dev/null"],
                                 stdout=subprocess.PIPE, stderr=nothing, check=True).stdout
    magic, _, _, head, _, _, strings, length = struct.unpack_from("<HBBIIIII", section)
    assert magic == 0xEB9F
    return set(section[head + strings:head + strings + length].decode(errors="replace").split("\0"))


def answered():
    table = (BUILD / "src/compile/generated/constants_table.inc").read_text()
    names = set(re.findall(r'^"(\w+)"$', table, re.M))
    for header in (ROOT / "src/compile/headers/include").rglob("*.h"):
        names |= set(re.findall(r"^#define (\w+)", header.read_text(), re.M))
    return names


def main():
    headers, types, in_btf = {}, {}, None
    for kernel in reversed(judge.KERNELS):
        others, its_types = names_of(kernel)
        headers = others | headers
        types = its_types | types
        strings = btf_names(judge.kernel(kernel).vmlinux)
        in_btf = strings if in_btf is None else in_btf & strings
    headers = {name: header for name, header in types.items() if name not in in_btf} | headers
    known = answered()
    by_header = defaultdict(list)
    for name, header in sorted(headers.items()):
        if name not in known and not SKIPPED_NAMES.match(name):
            by_header[header].append(name)
    OUTPUT.write_text("".join(f"{header} {' '.join(names)}\n" for header, names in sorted(by_header.items())))
    print(f"{sum(map(len, by_header.values()))} names of {len(by_header)} headers, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
