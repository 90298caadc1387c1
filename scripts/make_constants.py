#!/usr/bin/env python3
"""Evaluates every integer constant of the user-space kernel headers and writes them as a table sorted by name.

A constant is a macro without parameters, or an enumerator, that the compiler takes as an integer constant expression.
Headers and names that do not compile are left out; a table that comes out too small is an error.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# What programs may name without an #include. asm-generic is not among them: asm includes of it what this processor
# uses.
HEADERS = ["asm/*.h", "linux/*.h", "linux/*/*.h", "rdma/*.h", "scsi/*.h"]
# Other processors, other byte order, compatibility modes.
SKIPPED = re.compile(r"_32\.h$|_x32\.h$|big_endian\.h$")
# Counts that grow with kernels, and numbers that are others inside the kernel: no answer is better than a wrong one.
CHANGING = re.compile(r"__\w*MAX")  # in what a macro says: #define IFLA_MAX (__IFLA_MAX - 1)
CHANGING_ENUMERATORS = re.compile(r"MAX|_CNT$|_NUM_|^NUM_")
CHANGING_NAMES = {"ADJ_OFFSET_SINGLESHOT", "NFS_MAX_TCP_TIMEOUT", "NFS_MAX_UDP_TIMEOUT", "NFT_TABLE_F_MASK", "NSIGSEGV",
                  "PCI_CAP_EXP_ENDPOINT_SIZEOF_V2", "RTAX_FEATURE_MASK", "RWF_SUPPORTED", "TASKSTATS_VERSION",
                  "__NFT_META_IIFTYPE", "__NR_syscalls", "LINUX_VERSION_CODE", "LINUX_VERSION_MAJOR",
                  "LINUX_VERSION_PATCHLEVEL", "LINUX_VERSION_SUBLEVEL"}
# The C library's headers, as far as the kernel's ones want them.
SUBSTITUTES = {
    "sys/socket.h": "#pragma once\n#include <linux/socket.h>\n#include <linux/types.h>\n"
                    "struct sockaddr { unsigned short sa_family; char sa_data[14]; };\n",
    "sys/time.h": "#include <linux/time.h>\n",
    "sys/types.h": "#include <linux/types.h>\n",
    "sys/ioctl.h": "#include <asm/ioctls.h>\n",
    "netinet/in.h": "#include <linux/in.h>\n#include <linux/in6.h>\n",
    "netinet/if_ether.h": "#include <linux/if_ether.h>\n",
    "time.h": "#include <linux/time.h>\n",
    "string.h": "",
    "stdlib.h": "",
    "unistd.h": "",
    "assert.h": "",
    "errno.h": "#include <asm/errno.h>\n",
}
FEWEST = 15000  # linux-libc-dev of Debian 12 gives some 24000


def run(command, source):
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    return done.stdout, done.stderr


def failing_lines(errors, file_name):
    """Lines of file_name that an error is about: its own, or at the root of the stack of includes that leads to it."""
    root = None
    for line in errors.splitlines():
        included = re.match(rf"In file included from {re.escape(file_name)}:(\d+):", line)
        if included:
            root = int(included.group(1))
        place = re.match(r"(.*?):(\d+):\d+: (?:fatal )?error:", line)
        if place:
            yield int(place.group(2)) if place.group(1) == file_name else root
        if re.match(r".*: (?:fatal error|error|warning):", line):
            root = None if place and place.group(1) == file_name else root


class Compiler:
    def __init__(self, clang, include_roots, target, work):
        tree = work / "include"
        self._link_headers(include_roots, tree)
        self.tree = tree
        self.file = str(work / "constants.c")
        self.command = [clang, "-x", "c", "-std=gnu17", "-w", "-nostdlibinc", "-isystem", str(tree), "-ferror-limit=0",
                        "-fno-caret-diagnostics", "-fno-spell-checking"]
        if target:
            self.command += ["-target", target]

    @staticmethod
    def _link_headers(include_roots, tree):
        tree.mkdir()
        for name in ("asm", "asm-generic", "linux", "rdma", "scsi", "drm", "mtd", "sound", "video"):
            found = next((root / name for root in include_roots if (root / name).is_dir()), None)
            if found:
                (tree / name).symlink_to(found)
        for name, text in SUBSTITUTES.items():
            (tree / name).parent.mkdir(exist_ok=True)
            (tree / name).write_text(text)

    def headers(self):
        found = []
        for pattern in HEADERS:
            found += sorted(path.relative_to(self.tree) for path in self.tree.glob(pattern))
        return [f"#include <{path}>" for path in found if not SKIPPED.search(str(path))]

    def run(self, lines, *flags):
        Path(self.file).write_text("\n".join(lines) + "\n")
        return run(self.command + list(flags) + [self.file], None)

    def without_failing(self, lines, keep=0):
        """The lines, less those (after the first `keep`) that do not compile."""
        while True:
            _, errors = self.run(lines, "-fsyntax-only")
            if "error:" not in errors:
                return lines
            bad = {number for number in failing_lines(errors, self.file) if number and number > keep}
            if not bad:
                sys.exit(f"make_constants.py: the compiler fails on the headers:\n{errors[:2000]}")
            lines = [line for number, line in enumerate(lines, 1) if number not in bad]


def names_in(compiler, headers):
    macros, _ = compiler.run(headers, "-E", "-dM")
    builtin, _ = compiler.run([""], "-E", "-dM")
    defined = re.compile(r"^#define (\w+) +(\S.*)$", re.M)
    skipped = {name for name, _ in defined.findall(builtin)}
    names = {name for name, body in defined.findall(macros)
             if name not in skipped and '"' not in body and not CHANGING.search(body)}
    text, _ = compiler.run(headers, "-E", "-P")
    for body in re.findall(r"\benum\b[^{};()]*\{([^}]*)\}", text):
        enumerators = set(re.findall(r"(?:^|,)\s*([A-Za-z_]\w*)\s*(?=[,=]|$)", body))
        changing = {name for name in enumerators if CHANGING_ENUMERATORS.search(name)}
        names = (names | enumerators) - changing
    return names


def worth_naming(name):
    """Not a header's guard, and not so short or plain that a slip of the pen would be taken for it."""
    if len(name) < 3 or name in CHANGING_NAMES or re.match(r"__.*_MAX$|_{1,2}[A-Z].*_H_*$", name):
        return False
    return re.search("[A-Z]", name)


def evaluate(compiler, headers, names):
    """[(name, value, bits, is_unsigned)] of the names that are integer constants."""
    head = headers + [
        "#define INTEGER(x) _Generic((x), _Bool: 1, char: 1, signed char: 1, unsigned char: 1, short: 1, "
        "unsigned short: 1, int: 1, unsigned: 1, long: 1, unsigned long: 1, long long: 1, unsigned long long: 1)"]
    probes = [f"enum {{ probe_{name} = INTEGER({name}) / ((({name}) | 1) != 0) }};" for name in names]
    good = compiler.without_failing(head + probes, keep=len(head))[len(head):]
    names = [re.match(r"enum \{ probe_(\w+) =", line).group(1) for line in good]
    table = ["const unsigned long long table[] = {"]
    table += [f"(unsigned long long)({name}), sizeof(+({name})), "
              f"__builtin_choose_expr((__typeof__(+({name})))-1 > 0, 1, 0)," for name in names] + ["};"]
    assembly, errors = compiler.run(head + table, "-S", "-o", "-")
    numbers = [int(number) for number in re.findall(r"^\s+\.quad\s+(-?\d+)", assembly, re.M)]
    if len(numbers) != 3 * len(names):
        sys.exit(f"make_constants.py: {len(numbers)} numbers for {len(names)} names\n{errors[:2000]}")
    return [(name, numbers[3 * i] % 2**64, 8 * numbers[3 * i + 1], numbers[3 * i + 2]) for i, name in enumerate(names)]


def write_table(rows, output):
    """kNames, one after another, and kRows, which point into it: no pointers, so nothing to relocate at start."""
    names, table, offset = ["constexpr char kNames[] ="], ["constexpr Row kRows[] = {"], 0
    for name, value, bits, unsigned in rows:
        names.append(f'"{name}"')
        table.append(f"{{{value}u, {offset}, {len(name)}, {bits}, {'true' if unsigned else 'false'}}},")
        offset += len(name)
    text = "\n".join(["// Generated by scripts/make_constants.py.", *names, ";", *table, "};"])
    Path(output).write_text(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang", default="clang-19")
    parser.add_argument("--include", type=Path, default=Path("/usr/include"), help="where the user-space headers are")
    parser.add_argument("--target", help="the processor, as clang calls it (default: this one)")
    parser.add_argument("--output", required=True)
    parser.add_argument("extra", nargs="*", help="headers with further constants, which win")
    args = parser.parse_args()
    multiarch, _ = run(["gcc", "-print-multiarch"], None)
    with tempfile.TemporaryDirectory() as work:
        compiler = Compiler(args.clang, [args.include / multiarch.strip(), args.include], args.target, Path(work))
        headers = compiler.without_failing(compiler.headers())
        extra = [f'#include "{os.path.abspath(path)}"' for path in args.extra]
        names = set(filter(worth_naming, names_in(compiler, headers))) | names_in(compiler, extra)
        rows = evaluate(compiler, headers + extra, sorted(names))
    if len(rows) < FEWEST:
        sys.exit(f"make_constants.py: only {len(rows)} constants in {args.include}; is linux-libc-dev installed?")
    write_table(sorted(rows), args.output)


if __name__ == "__main__":
    main()
