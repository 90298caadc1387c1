"""The wheel has everything inside: it is installed into a fresh venv, and works where nobody can see the repository."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from elsewhere import packages_linked_in, run, run_without_repository
from places import BUILD, REPOSITORY

SCRIPT = """
import os, bcc
assert not os.path.exists(%r), "the repository is visible"
b = bcc.BPF(text='''
    BPF_HASH(calls); BPF_PERF_OUTPUT(events);
    TRACEPOINT_PROBE(syscalls, sys_enter_getppid) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        if (pid != PID) return 0;
        calls.increment(1);
        events.perf_submit(args, &pid, sizeof(pid));
        return 0;
    }''', cflags=["-DPID=%%d" %% os.getpid()])
seen = []
b["events"].open_perf_buffer(lambda *event: seen.append(event))
for _ in range(5):
    os.getppid()
b.perf_buffer_poll(1000)
print(bcc.__file__, len(seen), [(key.value, value.value) for key, value in b["calls"].items()])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    dist = tmp_path_factory.mktemp("dist")
    run(REPOSITORY / "scripts/wheel", "--build", BUILD, "--dist", dist)
    (made,) = dist.iterdir()
    return made


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    venv = tmp_path_factory.mktemp("venv") / "venv"
    run("/usr/bin/python3", "-m", "venv", venv)
    return venv


def files_of(directory: Path):
    return {each.relative_to(directory) for each in directory.rglob("*") if "__pycache__" not in each.parts}


def test_it_installs_traces_and_goes_without_a_trace(wheel, venv, tmp_path):
    before = files_of(venv)
    run(venv / "bin/pip", "install", "--no-index", wheel)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT % str(BUILD))
    package = f"{venv}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/bcc/__init__.py"
    assert run_without_repository(venv / "bin/python", script, home=tmp_path) == f"{package} 5 [(1, 5)]\n"
    (tmp_path / "one.c").write_text('TRACEPOINT_PROBE(syscalls, sys_enter_getppid) { return 0; }\n')
    run_without_repository(venv / "bin/sonde", "cc", tmp_path / "one.c", "-o", tmp_path / "one.o", home=tmp_path)
    assert (tmp_path / "one.o").stat().st_size > 0
    assert "DWARF" in run_without_repository(venv / "bin/sonde-dwarf", "--help", home=tmp_path)
    run(venv / "bin/pip", "uninstall", "-y", "sonde-bcc")
    assert files_of(venv) == before


def test_no_file_in_it_names_a_place_of_this_machine(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            assert os.fsencode(REPOSITORY) not in data and os.fsencode(BUILD) not in data, name


def test_it_has_the_package_and_the_programs_and_no_more_than_they_take(wheel):
    assert wheel.name.startswith("sonde_bcc-") and wheel.name.endswith("-linux_x86_64.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    package = REPOSITORY / "bindings/python/bcc"
    sources = {f"bcc/{each.relative_to(package)}" for each in package.rglob("*.py")}
    assert sources <= set(names) and not any("__pycache__" in name for name in names)
    assert sorted(Path(name).name for name in names if ".data/scripts/" in name) == ["sonde", "sonde-cc", "sonde-dwarf"]
    info = next(name for name in names if name.endswith("/METADATA")).removesuffix("METADATA")
    assert {f"{info}licenses/{package}" for package in packages_linked_in()} <= set(names)
    assert {info + "LICENSE", info + "licenses/common/GPL-3"} <= set(names)
    assert wheel.stat().st_size < 40e6  # symbols for a debugger would double it
