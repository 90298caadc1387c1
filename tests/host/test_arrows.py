"""The folders' arrows: who may include whom, held by reading every #include line."""

import re
from pathlib import Path

import pytest

from places import REPOSITORY

# The floors, lowest first. A folder may include itself and what its row names; whatever is not named is an arrow back
# up.
MAY_USE = {
    "base": set(),
    "kernel": {"base"},
    "elf": {"base"},
    "spec": {"base"},
    "symbols": {"base", "kernel", "elf"},
    "usdt": {"base", "kernel", "elf", "symbols"},
    "probes": {"base", "kernel", "elf", "spec", "symbols", "usdt"},
    "dwarf": {"base", "elf", "symbols"},
    "compile": {"base", "kernel", "elf", "spec"},
    "bpf": {"base", "kernel", "elf", "spec", "symbols", "usdt"},
    "session": {"base", "kernel", "elf", "spec", "symbols", "usdt", "bpf"},
    "tool": {"base", "kernel", "elf", "spec", "symbols", "usdt", "probes", "bpf", "session"},
    "cmd": {"base", "kernel", "elf", "spec", "symbols", "usdt", "probes", "bpf", "session", "tool"},
}
# The sub-folders of these, likewise. What lies in the folder itself is above all of them.
MAY_USE_INSIDE = {
    "compile": {
        "kernel": set(),
        "headers": {"kernel"},
        "diagnostics": {"kernel", "headers"},
        "object": set(),
        "front_end": {"kernel", "headers", "diagnostics"},
        "passes": {"kernel", "front_end"},
    },
    "bpf": {
        "system": set(),
        "maps": {"system"},
        "load": {"system", "maps"},
        "events": {"system"},
        "hooks": {"system", "load"},
    },
    "session": {
        "cache": set(),
        "state": set(),
        "compiler": {"cache", "state"},
        "attach": {"compiler", "state"},
    },
    "tool": {
        "text": set(),
        "declaration": {"text"},
        "formats": {"text", "declaration"},
        "settings": {"text", "declaration", "formats"},
        "outputs": {"text", "declaration", "formats"},
        "views": {"text", "declaration", "formats", "settings", "outputs"},
        "run": {"text", "declaration", "formats", "settings", "outputs", "views"},
    },
}
# Folders outside src/ that are made of it, and what of src/ they may see.
OUTSIDE = {
    "include": set(),  # what users get: nothing of src/ is installed beside it
    "examples": set(),
    "bindings": set(MAY_USE) - {"compile", "cmd"},
    "tools": {"base", "spec", "tool"},  # the C++ of single tools
}
# Libraries that one folder alone may include.
ONLY = {
    "compile": re.compile(r"^(clang|clang-c|llvm|llvm-c|lld)/"),
    "bpf": re.compile(r"^bpf/"),
    "dwarf": re.compile(r"^(elfutils/libdw|dwarf\.h$)"),
}
MAX_LINES = 450

# What programs are compiled against: text for the user's C, not ours.
VIRTUAL_TREE = REPOSITORY / "src/compile/headers/include"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (REPOSITORY / folder).rglob("*")
             if path.suffix in (".h", ".cc", ".c", ".cpp")]
    programs = REPOSITORY / "tools"
    return sorted(path for path in found if VIRTUAL_TREE not in path.parents
                  and not (programs in path.parents and path.suffix != ".cc"))


def includes(path: Path) -> list[str]:
    return [name for _, name in INCLUDE.findall(path.read_text())]


def foreign_includes(path: Path) -> list[str]:
    """Without those of our own folders: src/bpf and libbpf share a name."""
    return [name for name in includes(path) if not included_folder(name)]


def folder_of(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).parts
    return parts[1] if parts[0] == "src" else parts[0]


def included_folder(name: str) -> str | None:
    """Which folder of src/ an #include line means; None for the system's headers and the public ones."""
    first = name.split("/")[0]
    return first if first in MAY_USE and (REPOSITORY / "src" / name).exists() else None


def arrows() -> list[tuple[Path, str]]:
    """Every #include of a header of src/, written from src/ or from beside the including file."""
    found = []
    for path in sources("src", *OUTSIDE):
        for name in includes(path):
            beside = path.parent / name
            if included_folder(name):
                found.append((path, included_folder(name)))
            elif beside.exists() and REPOSITORY / "src" in beside.resolve().parents:
                found.append((path, folder_of(beside.resolve())))
    return found


def complaint(path: Path, rest: str) -> str:
    return f"{path.relative_to(REPOSITORY)}: {rest}"


def test_there_is_something_to_check():
    """Were the patterns or the places wrong, the other tests would pass without having looked at anything."""
    assert len(sources("src")) > 100
    seen = {(folder_of(path), used) for path, used in arrows()}
    assert {("session", "bpf"), ("bpf", "spec"), ("compile", "spec"), ("cmd", "base"), ("dwarf", "symbols")} <= seen


def test_tools_are_used_by_nothing_below_them():
    """src/ is for all tools. Only the structs that programs share with it are read from there, and in one place."""
    users = {path.relative_to(REPOSITORY).as_posix(): name for path in sources("src", "bindings", "include")
             for name in includes(path) if name.startswith("tools/")}
    assert users == {"src/tool/formats/layout.h": "tools/tool_layout.h"}
    assert {folder_of(path) for path, used in arrows() if used == "tool"} >= {"tools", "cmd"}


def test_every_folder_has_a_floor():
    folders = {path.name for path in (REPOSITORY / "src").iterdir() if path.is_dir()}
    assert folders <= set(MAY_USE), "a new folder needs a row in MAY_USE, and in docs/internals/architecture.md"


def test_no_arrow_points_back_up():
    """In the order of the table, so there can be no circle of folders either."""
    order = list(MAY_USE)
    for folder, used in MAY_USE.items():
        assert all(order.index(each) < order.index(folder) for each in used)


def test_folders_include_only_what_is_below_them():
    allowed = MAY_USE | OUTSIDE
    wrong = [complaint(path, f"may not include from {used}") for path, used in arrows()
             if used != folder_of(path) and used not in allowed[folder_of(path)]]
    assert not wrong, "\n".join(wrong)


def inner_arrows(folder: str) -> list[tuple[Path, str, str]]:
    """Every #include between files of src/FOLDER, from a sub-folder: the file, its sub-folder, the other's ("":
    none)."""
    found = []
    for path in sources(f"src/{folder}"):
        inside = path.relative_to(REPOSITORY / "src" / folder).parts[:-1]
        for name in includes(path):
            parts = name.split("/")[1:]
            if inside and included_folder(name) == folder:
                found.append((path, inside[0], parts[0] if len(parts) > 1 else ""))
    return found


@pytest.mark.parametrize("folder", MAY_USE_INSIDE)
def test_sub_folders_include_only_what_is_below_them(folder):
    may_use, found = MAY_USE_INSIDE[folder], inner_arrows(folder)
    assert {inside for _, inside, _ in found} == set(may_use)
    order = list(may_use)
    assert all(order.index(each) < order.index(inside) for inside, used in may_use.items() for each in used)
    wrong = [complaint(path, f"{inside} may not include from {used or folder}") for path, inside, used in found
             if used != inside and used not in may_use[inside]]
    assert not wrong, "\n".join(wrong)


def test_what_all_bindings_stand_on_knows_no_interpreter():
    """bindings/c is linked by every language's binding."""
    files = sources("bindings/c")
    assert len(files) > 10
    foreign = re.compile(r"^(pybind11/|Python\.h$|lua|python/|bindings/python/)")
    wrong = [complaint(path, f"may not include {name}") for path in files for name in includes(path)
             if foreign.match(name) or (path.parent / name).resolve().is_relative_to(REPOSITORY / "bindings/python")]
    wrong += [complaint(path, f"speaks of the interpreter: {word}") for path in files
              for word in ("PyObject", "pybind11", "gil_scoped", "PythonSession") if word in path.read_text()]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("owner", ONLY)
def test_a_library_has_one_user(owner):
    everywhere = sources("src", *OUTSIDE)
    assert any(ONLY[owner].match(name) for path in everywhere if folder_of(path) == owner
               for name in foreign_includes(path))
    wrong = [complaint(path, f"only src/{owner} may include {name}") for path in everywhere if folder_of(path) != owner
             for name in foreign_includes(path) if ONLY[owner].match(name)]
    assert not wrong, "\n".join(wrong)


def test_kernel_versions_are_compared_in_one_file():
    """Who needs to know asks kernel/features.cc for a feature by its name."""
    asks = re.compile(r"\b(running_version|version_code)\(")
    users = {path.relative_to(REPOSITORY).as_posix() for path in sources("src", *OUTSIDE)
             if asks.search(path.read_text())}
    own = {f"src/kernel/{name}" for name in ("features.cc", "release.cc", "release.h", "names_test.cc")}
    # LINUX_VERSION_CODE of a program
    target = {f"src/compile/{name}" for name in ("kernel/target.cc", "kernel/target.h", "front_end/front_end.cc")}
    assert "src/kernel/features.cc" in users
    assert users <= own | target, users - own - target


def test_kinds_of_hooks_are_not_compared_by_name():
    """A kind is a row of sonde/hook_kinds.def: HookKind says which."""
    rows = (REPOSITORY / "include/sonde/hook_kinds.def").read_text()
    names = re.findall(r'^SONDE_\w+_KIND\(\w+, "(\w+)"', rows, re.M)
    assert len(names) > 30
    compared = re.compile(r'(?:kind|chosen|hook)\w*\s*(?:[=!]=\s*|\.starts_with\()"(?:%s)[":]' % "|".join(names))
    assert compared.search('if (request.kind == "kprobe")') and not compared.search('feature == "kprobe"')
    wrong = [complaint(path, found[0]) for path in sources("src/spec", "src/bpf", "src/session", "bindings")
             if not path.stem.endswith("_test") for found in [compared.search(path.read_text())] if found]
    assert not wrong, "\n".join(wrong)


def test_public_headers_stand_alone():
    """A user gets include/ and nothing else: the C++ standard library, Result, and one another."""
    wrong = [complaint(path, f"includes {name}, which is not installed with it") for path in sources("include")
             for name in includes(path)
             if not name.startswith("sonde/") and "/" in name and name != "tl/expected.hpp"]
    assert not wrong, "\n".join(wrong)


def header_graph() -> dict[Path, set[Path]]:
    roots = [REPOSITORY / "src", REPOSITORY / "include"]
    graph = {}
    for path in sources("src", "include", "bindings"):
        named = [base / name for name in includes(path) for base in (*roots, path.parent)]
        graph[path] = {target.resolve() for target in named if target.exists()}
    return graph


def test_headers_include_one_another_in_no_circle():
    graph, done = header_graph(), set()

    def visit(path: Path, trail: tuple[Path, ...]) -> None:
        assert path not in trail, " -> ".join(each.name for each in (*trail, path))
        if path not in done:
            for target in graph.get(path, ()):
                visit(target, (*trail, path))
            done.add(path)

    for path in graph:
        visit(path, ())


def test_no_file_is_longer_than_one_can_read():
    files = [path for folder in ("src", "include", "bindings", "examples", "bench", "tests", "scripts")
             for path in (REPOSITORY / folder).rglob("*")
             if path.suffix in (".h", ".cc", ".c", ".py")
             or (path.suffix == "" and path.is_file() and path.stat().st_mode & 0o100)]
    assert len(files) > 150
    wrong = [complaint(path, f"{count} lines, split it by noun") for path in sorted(files)
             if (count := len(path.read_text().splitlines())) > MAX_LINES]
    assert not wrong, "\n".join(wrong)


def test_the_tests_modules_have_one_name_each():
    """pytest imports them all by their bare names: of two conftest.py, an import gets the one that was read first."""
    modules = [path for path in (REPOSITORY / "tests").rglob("*.py") if path.name != "conftest.py"]
    names = [path.name for path in modules]
    assert not {name for name in names if names.count(name) > 1}
    assert not [path for path in modules if re.search(r"^\s*(from|import) conftest\b", path.read_text(), re.M)]
