"""`cmake --install` gives a tree that works wherever it is moved to: the command, the Python package, the C++
library."""

import os
import re
from pathlib import Path

import pytest

from elsewhere import packages_linked_in, run, run_without_repository
from places import BUILD, REPOSITORY

PYTHON = "/usr/bin/python3"
SCRIPT = """
import bcc
b = bcc.BPF(text="BPF_HASH(calls); TRACEPOINT_PROBE(raw_syscalls, sys_enter) { calls.increment(1); return 0; }")
print(bcc.__file__, b["calls"].items()[0][1].value > 0)
"""

HOOK = r"""
#include <cstdio>
#include <sonde/session.h>
int main() { std::fputs(sonde::Hook{sonde::hook_kind("kprobe"), "vfs_read"}.label().c_str(), stdout); }
"""


def install(root, prefix):
    run("cmake", "--install", BUILD, "--prefix", prefix, env=os.environ | {"DESTDIR": str(root)})
    return root / prefix.lstrip("/")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Made for /opt/sonde, and lying somewhere else: so it is moved already."""
    return install(tmp_path_factory.mktemp("root"), "/opt/sonde")


def test_everything_is_where_it_belongs(tree):
    for name in ("bin/sonde", "libexec/sonde/sonde-cc", "libexec/sonde/sonde-dwarf", "lib/libsonde.so",
                 "lib/pkgconfig/sonde.pc", "include/sonde/session.h"):
        assert (tree / name).exists(), name
    assert len(list(tree.glob("lib/python3.*/site-packages/bcc/__pycache__/bpf.*.pyc"))) == 1
    assert (tree / "share/doc/sonde/LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()


def test_tools_are_there_by_their_own_names(tree, tmp_path):
    names = [path.name for path in (tree / "bin").iterdir() if path.is_symlink()]
    assert {"opensnoop", "runqlat", "tplist"} <= set(names)
    for name in names:
        assert "Usage: " + name in run_without_repository(tree / "bin" / name, "-h", home=tmp_path)
        page = (tree / "share/man/man8" / f"{name}.8").read_text()
        assert page.startswith(f".TH {name.upper()} 8") and ".SH OPTIONS" in page


def test_names_and_options_are_completed(tree, tmp_path):
    script = """. "$1"; COMP_WORDS=(sonde $2); COMP_CWORD=$3; _sonde; echo "${COMPREPLY[@]}" """
    completion = tree / "share/bash-completion/completions/sonde"

    def completed(words, at):
        return run("bash", "-c", script, "bash", completion, words, str(at),
                   env={"PATH": f"{tree}/bin:/usr/bin:/bin"}).split()
    assert completed("opens", 1) == ["opensnoop"]
    assert "--pid" in completed("opensnoop --p", 2)
    assert completed("tpl", 1) == ["tplist"]
    assert completed("tplist --si", 2) == ["--sizes"]


def test_the_notices_of_what_is_linked_in_are_there(tree):
    linked = packages_linked_in()
    assert {"libbpf-dev", "libelf-dev", "nettle-dev", "libclang-19-dev"} <= linked
    for package in linked:
        notice = tree / "share/doc/sonde/licenses" / package
        assert notice.read_bytes() == Path("/usr/share/doc", package, "copyright").read_bytes()
        named = r"/usr/share/common-licenses/([A-Za-z0-9]+(?:-[0-9]+(?:\.[0-9]+)?)?)"
        for name in re.findall(named, notice.read_text()):
            assert (tree / "share/doc/sonde/licenses/common" / name).stat().st_size > 1000


@pytest.mark.parametrize("prefix, package", [("/usr", "lib/python3/dist-packages"),
                                             ("/usr/local", "lib/python3.*/dist-packages")])
def test_the_package_is_where_the_python_of_the_prefix_looks(tmp_path, prefix, package):
    tree = install(tmp_path, prefix)
    (found,) = tree.glob(package + "/bcc/__init__.py")
    path = run(PYTHON, "-I", "-c", "import sys; print(*sys.path)").split()
    assert "/" + str(found.parent.parent.relative_to(tmp_path)) in path
    assert (tree / "libexec/sonde/sonde-cc").exists()


def test_the_command_and_the_package_run_from_there(tree, tmp_path):
    (package,) = tree.glob("lib/python3.*/site-packages")
    (tmp_path / "script.py").write_text(SCRIPT)
    said = run_without_repository(PYTHON, tmp_path / "script.py", home=tmp_path, PYTHONPATH=str(package))
    assert said == f"{package}/bcc/__init__.py True\n"
    (tmp_path / "one.c").write_text("BPF_HASH(calls); "
                                    "TRACEPOINT_PROBE(raw_syscalls, sys_enter) { calls.increment(1); return 0; }\n")
    assert "calls" in run_without_repository(tree / "bin/sonde", "run", tmp_path / "one.c", "-d", "0.2", home=tmp_path)


def test_a_program_in_cpp_builds_and_runs_against_it(tree, tmp_path):
    flags = run("pkg-config", "--cflags", "--libs", "sonde",
                env=os.environ | {"PKG_CONFIG_PATH": f"{tree}/lib/pkgconfig"}).split()
    assert f"-L{tree}/lib/pkgconfig/../../lib" in flags
    run("g++", "-o", tmp_path / "counts", REPOSITORY / "examples/syscall_counts.cc", *flags, cwd=tmp_path)
    said = run_without_repository(tmp_path / "counts", "1", home=tmp_path, LD_LIBRARY_PATH=f"{tree}/lib")
    assert "PID COMM" in said
    (tmp_path / "hook.cc").write_text(HOOK)
    run("g++", "-o", tmp_path / "hook", tmp_path / "hook.cc", *flags, cwd=tmp_path)
    assert run_without_repository(tmp_path / "hook", home=tmp_path, LD_LIBRARY_PATH=f"{tree}/lib") == "kprobe:vfs_read"


def test_no_installed_file_names_where_it_was_built(tree):
    for each in (each for each in tree.rglob("*") if each.is_file()):
        data = each.read_bytes()
        for place in (REPOSITORY, BUILD, tree.parent.parent):
            assert os.fsencode(place) not in data, each


def test_nothing_carries_symbols_for_a_debugger(tree):
    programs = [tree / "bin/sonde", *(tree / "libexec/sonde").iterdir()]
    libraries = [*tree.glob("lib/libsonde.so"), *tree.rglob("_core*.so"), *programs]
    assert len(libraries) == 5
    for each in libraries:
        assert ".symtab" not in run("readelf", "-SW", each), each
