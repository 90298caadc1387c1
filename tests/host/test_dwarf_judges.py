"""sonde-dwarf against addr2line and llvm-symbolizer, over the instructions of programs full of inlined functions."""

import re
import subprocess

import pytest

from places import BUILD

C_TEXT = r"""
#include <stdio.h>
#include <stdlib.h>
#define ALWAYS __attribute__((always_inline)) static inline
#define NEVER __attribute__((noinline))
ALWAYS int twice(int x) { return x * 2 + rand(); }
ALWAYS int four(int x) {
    int sum = 0;
    for (int i = 0; i < x; i++) { int y = twice(i); sum += y ^ x; }
    return twice(sum) + twice(x);
}
NEVER static int cold(const char *text) { fputs(text, stderr); abort(); }
NEVER int work(int a) {
    if (a > 100) return cold("too much\n");
    if (a < 3) { return four(a); }
    return four(a) - four(a + 1);
}
int main(int argc, char **argv) { return work(argc) + (argv[0] ? four(2) : 0); }
"""
CXX_TEXT = r"""
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>
#define NEVER [[gnu::noinline]]
namespace ns { namespace {
template <typename T> [[gnu::always_inline]] inline T twice(T x) { return x * 2 + (T)std::rand(); }
struct Local {
  int v;
  NEVER int get(int k) const { return twice(v) + k; }
  static inline int st(int z) { return twice(z) + z; }
};
NEVER int hidden(int a) { Local l{a}; return l.get(a) + Local::st(a); }
}
template <int N> struct Wide {
  NEVER int run(std::vector<int> &v) { std::sort(v.begin(), v.end()); return v[N % v.size()] + hidden(N); }
};
}
extern "C" NEVER int c_face(int x) { auto add = [&](int q) { return ns::twice(q) + x; }; return add(x) + add(2); }
int main(int argc, char **argv) {
  std::map<std::string, int> m;
  for (int i = 0; i < argc; i++) m[argv[i]]++;
  std::vector<int> v{3, 2, argc};
  return ns::Wide<3>().run(v) + c_face(argc) + (int)m.size();
}
"""
ADDR2LINE = ["addr2line", "-afiC", "-e"]
LLVM = ["llvm-symbolizer-19", "-afi", "--output-style=GNU", "-C", "-e"]
# Compiler and text, and who judges. addr2line 2.40 sees no inlined functions in clang's DWARF 5, whose addresses are
# indices, and says <artificial> for some files of whole programs.
PROGRAMS = {
    "gcc, DWARF 5": ("gcc -gdwarf-5", "c", ADDR2LINE),
    "gcc, DWARF 4": ("gcc -gdwarf-4", "c", ADDR2LINE),
    "g++, DWARF 5": ("g++ -gdwarf-5", "cc", ADDR2LINE),
    "g++, DWARF 4": ("g++ -gdwarf-4", "cc", ADDR2LINE),
    "g++, compressed": ("g++ -g -gz", "cc", ADDR2LINE),
    "g++, whole program": ("g++ -g -flto=1", "cc", LLVM),
    "clang, DWARF 4": ("clang-19 -gdwarf-4", "c", ADDR2LINE),
    "clang++, DWARF 4": ("clang++-19 -gdwarf-4", "cc", ADDR2LINE),
    "clang, DWARF 5": ("clang-19 -gdwarf-5", "c", LLVM),
    "clang++, DWARF 5": ("clang++-19 -gdwarf-5", "cc", LLVM),
    "clang++ -O1, DWARF 5": ("clang++-19 -gdwarf-5 -O1", "cc", LLVM),
}


def output(command: list, **how) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, **how).stdout


def instructions(program) -> list[int]:
    """Without the padding between functions, which belongs to none: a judge says the one before it."""
    lines = output(["objdump", "-d", "--no-show-raw-insn", program]).splitlines()
    found = [re.match(r"\s+([0-9a-f]+):\t(.*)", line) for line in lines]
    padding = re.compile(r"nop|xchg +%ax,%ax|cs nop|data16|int3")
    return [int(each[1], 16) for each in found if each and not padding.match(each[2])]


def place(text: str) -> str:
    return ":".join(re.sub(r" \(.*", "", text).replace("?", "0").split(":")[:2])


def judged(judge: list, program, addresses: list[int]) -> dict:
    """{address: [(function, "file:line"), ...]}, innermost first."""
    lines = output([*judge, program], input="".join(f"{each:#x}\n" for each in addresses)).splitlines()
    answers, i = {}, 0
    while i < len(lines):
        if re.fullmatch(r"0x[0-9a-f]+", lines[i]):
            answer = answers.setdefault(int(lines[i], 16), [])
            i += 1
            continue
        answer.append((plain(lines[i]), place(lines[i + 1])))
        i += 2
    return answers


def ours(program, addresses: list[int]) -> dict:
    answers = {}
    for line in output([BUILD / "bin/sonde-dwarf", program, *map(hex, addresses)]).splitlines():
        start, rest = re.fullmatch(r"(0x[0-9a-f]+: | \(inlined by\) )(.*)", line).groups()
        if start[0] != " ":
            answer = answers.setdefault(int(start[:-2], 16), [])
        if not rest.startswith("?? ("):
            function, _, where = rest.rpartition(" at ")
            answer.append((plain(function), place(where)))
    return answers


def plain(name: str) -> str:
    """LLVM writes ">>" and "operator<<char>", and adds what only the symbol's name says: "(.constprop.0)"."""
    return re.sub(r" (?=[<>])| \(\.[\w.]+\)$", "", name)


def is_explained(their: str, our: str, outermost: str) -> bool:
    """GCC gives a linkage name only to what can be seen from outside of its unit. Inlined functions without one are
    named
    here with their namespaces and classes, by the judges without; and addr2line names them like a symbol that is there.
    Neither binutils' nor LLVM's demangler can read all that the other's compiler mangles."""
    has_linkage_name = our.endswith((")", ") const")) and not our.endswith("operator()")
    if their.startswith("_Z") or our.startswith("_Z"):
        return our in [plain(output(["c++filt", each]).strip()) for each in (their, our)]
    return not has_linkage_name and (our.endswith("::" + their) or their == outermost)


@pytest.mark.parametrize("kind", PROGRAMS)
def test_functions_files_and_lines_are_those_of_the_judges(tmp_path, kind):
    compiler, suffix, judge = PROGRAMS[kind]
    source, program = tmp_path / f"text.{suffix}", tmp_path / "program"
    source.write_text(C_TEXT if suffix == "c" else CXX_TEXT)
    compiler, *options = compiler.split()
    subprocess.run([compiler, "-O2", *options, source, "-o", program], check=True)
    addresses = instructions(program)
    theirs, mine = judged(judge, program, addresses), ours(program, addresses)
    covered = [each for each in addresses if any(re.search("/include/|/text.c", where) for _, where in theirs[each])]
    assert len(covered) > (100 if suffix == "c" else 300)
    explained = 0
    for address in covered:
        their, our = theirs[address], mine[address]
        assert [where for _, where in our] == [where for _, where in their], hex(address)
        for (their_name, _), (our_name, _) in zip(their, our):
            if their_name != our_name:
                explained += 1
                assert is_explained(their_name, our_name, their[-1][0]), hex(address)
    print(f"{kind}: {len(covered)} of {len(addresses)} instructions, {explained} names explained")
    assert explained == 0 or suffix == "cc" and explained < len(covered) / 8
    assert {each: mine[each] for each in addresses if each not in covered and mine[each]} == {}


def test_a_separate_debug_file_gives_the_same(tmp_path):
    source, program, debug = tmp_path / "text.c", tmp_path / "program", tmp_path / "program.debug"
    source.write_text(C_TEXT)
    subprocess.run(["gcc", "-g", "-O2", source, "-o", program], check=True)
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    addresses = instructions(program)
    assert ours(program, addresses) == ours(debug, addresses)


@pytest.mark.parametrize("arguments, error", [
    (["/nowhere", "1"], "/nowhere: No such file or directory"),
    (["/etc/passwd", "1"], "/etc/passwd: no DWARF that can be read"),
    ([], "no file given"),
])
def test_by_hand_mistakes_are_said(arguments, error):
    done = subprocess.run([BUILD / "bin/sonde-dwarf", *arguments], capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.startswith("sonde-dwarf: error: ") and error in done.stderr


def test_by_hand_an_address_must_be_one(tmp_path):
    (tmp_path / "text.c").write_text(C_TEXT)
    subprocess.run(["gcc", "-g", tmp_path / "text.c", "-o", tmp_path / "program"], check=True)
    command = [BUILD / "bin/sonde-dwarf", tmp_path / "program", "main"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "sonde-dwarf: error: 'main' is no address in hexadecimal\n")


def test_a_fifo_is_not_waited_for(tmp_path):
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    command = [BUILD / "bin/sonde-dwarf", tmp_path / "fifo", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and "no DWARF that can be read" in done.stderr
