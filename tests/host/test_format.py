"""How files look: C++ as clang-format leaves it, and no line wider than 120 columns."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from places import REPOSITORY
from test_arrows import VIRTUAL_TREE, sources
from test_docs import PAGES, prose

MAX_COLUMNS = 120
# Of a line in C or C++ that a string makes wider: splitting the string would change nothing for the reader.
MAX_COLUMNS_BESIDE_STRINGS = 110
FOLDERS = (".ci", "bench", "bindings", "cmake", "examples", "include", "scripts", "src", "tests", "tools")
# Cases of the dialect, whose lines are what they test, and its headers: tables of macros that are aligned by hand.
AS_THEY_ARE = {REPOSITORY / "tests/dialect/accepted", REPOSITORY / "tests/dialect/rejected", VIRTUAL_TREE}
C_SUFFIXES = (".c", ".cc", ".def", ".h")
SUFFIXES = (*C_SUFFIXES, ".py", ".cmake", ".in", ".sh", ".bash")
# Comments and characters are taken in whole, so that a quotation mark in them opens no string.
STRING = re.compile(r"""//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.){1,4}'|"""
                    r'''R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"|"(?:[^"\\\n]|\\.)*"''', re.DOTALL)


def cpp_files() -> list[Path]:
    folders = ("src", "include", "bindings", "tests", "bench", "examples", "tools", "cmake")
    return [path for path in sources(*folders)
            if path.suffix != ".c" and REPOSITORY / "tests/dialect" not in path.parents]


def is_text_of_ours(path: Path) -> bool:
    """A source, or a script: a file without a suffix that names its interpreter."""
    if path.suffix == "" and path.is_file():
        return path.read_bytes().startswith(b"#!")
    return (path.suffix in SUFFIXES or path.name == "CMakeLists.txt") and AS_THEY_ARE.isdisjoint(path.parents)


def sources_and_scripts() -> list[Path]:
    below = [path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*")]
    return sorted(filter(is_text_of_ours, [*REPOSITORY.iterdir(), *below]))


def without_strings(text: str) -> str:
    def emptied(token: re.Match) -> str:
        is_string = token[0].startswith(('"', 'R"'))
        return '""' + "\n" * token[0].count("\n") if is_string else token[0]
    return STRING.sub(emptied, text)


def wide_lines(text: str, is_c: bool) -> list[str]:
    """"NUMBER: so many columns" for each line that is too wide."""
    rest = without_strings(text).split("\n") if is_c else None
    return [f"{number}: {len(line)} columns" for number, line in enumerate(text.split("\n"), 1)
            if len(line) > MAX_COLUMNS and (not is_c or len(rest[number - 1]) > MAX_COLUMNS_BESIDE_STRINGS)]


def complaints(paths: list[Path]) -> list[str]:
    """clang-format's, one of each file: "FILE:LINE"."""
    done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *paths], capture_output=True, text=True)
    first = {path: line for path, line in reversed(re.findall(r"^(\S+?):(\d+):\d+: error:", done.stderr, re.MULTILINE))}
    assert bool(first) == (done.returncode != 0), done.stderr
    return [f"{Path(path).relative_to(REPOSITORY)}:{line}" for path, line in first.items()]


def test_there_is_something_to_check():
    names = {path.relative_to(REPOSITORY).as_posix() for path in sources_and_scripts()}
    assert len(cpp_files()) > 500 and len(names) > 1000
    assert {"test", "CMakeLists.txt", "bench/tools", "scripts/setup", "src/cmd/main.cc", "tools/tool.h",
            "tools/tcp/tcplife.c", "cmake/completion.bash", "tests/vm/bed/guest-init"} <= names


def test_cpp_is_as_clang_format_leaves_it():
    assert shutil.which("clang-format-19"), "scripts/setup --test installs clang-format-19"
    files, at_once = cpp_files(), len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(at_once) as threads:
        wrong = sorted(sum(threads.map(complaints, [files[start::at_once] for start in range(at_once)]), []))
    fix = " ".join(["clang-format-19 -i", *(each.rpartition(":")[0] for each in wrong)])
    assert not wrong, "\n".join([*wrong, "to format them: " + fix])


def test_clang_format_is_asked(tmp_path):
    (tmp_path / ".clang-format").write_bytes((REPOSITORY / ".clang-format").read_bytes())
    source = tmp_path / "made.cc"
    source.write_text("int good;\nint  bad;\n")
    done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", source], capture_output=True, text=True)
    assert done.returncode == 1 and f"{source}:2:4: error:" in done.stderr


def test_no_source_is_wider_than_120_columns():
    wrong = [f"{path.relative_to(REPOSITORY)}:{line}" for path in sources_and_scripts()
             for line in wide_lines(path.read_text(), path.suffix in C_SUFFIXES)]
    assert not wrong, "\n".join([*wrong, f"break these by hand on {MAX_COLUMNS} columns, at a comma or a phrase"])


def test_no_prose_is_wider_than_120_columns():
    wrong = [f"{page.relative_to(REPOSITORY)}:{number}: {len(line)} columns" for page in PAGES
             for number, line in prose(page) if len(line) > MAX_COLUMNS and not line.startswith("|")]
    assert not wrong, "\n".join([*wrong, f"wrap these on {MAX_COLUMNS} columns"])


@pytest.mark.parametrize("text, is_c, wide", [
    ("é" * 120, False, []),
    ("\n" + "a" * 121, False, ["2: 121 columns"]),
    (f'f("{"a" * 200}");', False, ["1: 206 columns"]),
    (f'f("{"a" * 200}");', True, []),
    (f'f("{"a" * 98}\\"", {"b" * 102});', True, []),
    (f'f("{"a" * 98}\\"", {"b" * 103});', True, ["1: 211 columns"]),
    (f'// "{"a" * 120}"', True, ["1: 125 columns"]),
    (f"/* it's\n{'a' * 121} */\n", True, ["2: 124 columns"]),
    (f"c = '\"'; {'a' * 121}; c = '\"';", True, ["1: 140 columns"]),
    (f'R"~(\n{"a" * 121}"\n)~";\n{"b" * 121};', True, ["4: 122 columns"]),
], ids=("characters", "plain", "no string of C", "string", "beside a string", "too much beside it",
        "quoted in a comment", "apostrophe in a comment", "quotation mark as a character", "raw string"))
def test_what_counts_as_wide(text, is_c, wide):
    assert wide_lines(text, is_c) == wide
