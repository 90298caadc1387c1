"""SymbolCache.frames(): files, lines and inlined functions of a running program, with llvm-symbolizer as the judge."""
import re
import subprocess

import pytest

from bcc import SymbolCache

TEXT = r"""
#include <stdio.h>
#include <stdlib.h>
namespace inner {
static inline __attribute__((always_inline)) int twice(int x) { return x * 2 + rand(); }
static inline __attribute__((always_inline)) int four(int x) { return twice(x) + twice(x + 1); }
__attribute__((noinline)) int outer(int x) {
  return four(x) - 3;
}
}
int main(int argc, char **) {
  printf("%p\n", (void *)&inner::outer);
  fflush(stdout);
  getchar();
  return inner::outer(argc);
}
"""


def build(directory, *flags):
    (directory / "program.cc").write_text(TEXT)
    subprocess.run(["g++", "-O2", *flags, "-o", directory / "program", directory / "program.cc"], check=True)
    return directory / "program"


class Running:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.start = int(self.process.stdout.readline(), 16)
        self.cache = SymbolCache(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def function_range(path, name):
    listed = subprocess.run(["nm", "-S", "-C", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    start, size = re.search(rf"^(\w+) (\w+) T {re.escape(name)}\(", listed, re.M).groups()
    return int(start, 16), int(size, 16)


def plain(name):
    """Judges leave out the namespace of what is inlined, and the parameters of what is not."""
    return name.split("(")[0].rpartition("::")[2]


def asked(cache, address):
    return [(plain(name), file, line) for name, file, line, _, _ in cache.frames(address)]


def judged(path, address):
    """[(function, file, line)], innermost first. addr2line would name the outer function first."""
    command = ["llvm-symbolizer-19", "-fiC", "--output-style=GNU", "-e", path, hex(address)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    places = (line.split(" (")[0].rpartition(":") for line in lines[1::2])
    return [(plain(name), file, int(line)) for name, (file, _, line) in zip(lines[::2], places)]


@pytest.mark.parametrize("flags", [["-g"], ["-g", "-no-pie"], ["-g", "-static-pie"]], ids=" ".join)
def test_inlined_functions_with_their_lines(tmp_path, flags):
    path = build(tmp_path, *flags)
    first, size = function_range(path, "inner::outer")
    depths = set()
    with Running(path) as running:
        for offset in range(size):
            frames = running.cache.frames(running.start + offset)
            assert asked(running.cache, running.start + offset) == judged(path, first + offset)
            assert [inlined for *_, inlined in frames] == [True] * (len(frames) - 1) + [False]
            depths.add(len(frames))
    assert depths == {1, 3}


@pytest.fixture
def separated(tmp_path):
    """A stripped program, its debug file in .debug/ beside it, and what is expected at its inner::outer."""
    path = build(tmp_path, "-g")
    first, _ = function_range(path, "inner::outer")
    expected = judged(path, first)
    debug_file = tmp_path / ".debug/program.debug"
    debug_file.parent.mkdir()
    subprocess.run(["objcopy", "--only-keep-debug", path, debug_file], check=True)
    subprocess.run(["objcopy", "--strip-all", f"--add-gnu-debuglink={debug_file}", path], check=True)
    return path, expected


def test_a_separate_debug_file(separated):
    path, expected = separated
    with Running(path) as running:
        assert asked(running.cache, running.start) == expected


# Moved into a mount that only the process has.
IN_ITS_OWN_MOUNT = """
mount -t tmpfs none "$1/own" && mv "$1/program" "$1/.debug" "$1/own/" && exec "$1/own/program"
"""


def test_a_debug_file_that_only_the_process_sees(separated):
    path, expected = separated
    (path.parent / "own").mkdir()
    with Running("unshare", "-m", "sh", "-c", IN_ITS_OWN_MOUNT, "sh", path.parent) as running:
        assert asked(running.cache, running.start) == expected
        assert not path.exists() and not (path.parent / "own/.debug").exists()
    assert asked(running.cache, running.start) == expected


def test_what_is_missing_is_said(tmp_path):
    path = build(tmp_path)
    with Running(path) as running:
        looked = f"no DWARF in .*{path}: no debug file: looked for /usr/lib/debug/.build-id/"
        with pytest.raises(Exception, match=looked):
            running.cache.frames(running.start)
        with pytest.raises(Exception, match="nothing is mapped there"):
            running.cache.frames(0x10)


def test_a_process_that_has_ended(tmp_path):
    path = build(tmp_path, "-g")
    first, _ = function_range(path, "inner::outer")
    with Running(path) as running:
        running.cache.resolve(running.start)
    assert asked(running.cache, running.start) == judged(path, first)
