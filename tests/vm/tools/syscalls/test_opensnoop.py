"""opensnoop: 23 opens are 23 rows."""

import os
import re
from pathlib import Path

import pytest
from fits_schema import fits_one

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

TIMES = 23
PREEMPTION = Path("/sys/kernel/debug/sched/preempt")


@pytest.fixture
def files(tmp_path):
    present = tmp_path / "present"
    present.write_text("")

    def make_opens():
        for _ in range(TIMES):
            os.close(os.open(present, os.O_RDONLY))
        for _ in range(TIMES):
            with pytest.raises(FileNotFoundError):
                os.open(tmp_path / "absent", os.O_RDONLY)
    return make_opens


def rows_of(lines: list[str], name: str) -> list[list[str]]:
    return [line.split() for line in lines if line.endswith("/" + name)]


def test_rows_of_one_process(tool, files):
    running = tool("opensnoop", "-p", os.getpid())
    files()
    lines = running.finish()
    assert lines[0] == "PID    COMM               FD ERR PATH"
    present, absent = rows_of(lines, "present"), rows_of(lines, "absent")
    assert len(present) == len(absent) == TIMES
    assert {row[0] for row in present + absent} == {str(os.getpid())}
    assert {row[-2] for row in present} == {"0"} and {(row[-3], row[-2]) for row in absent} == {("-1", "2")}


@pytest.fixture
def preempted():
    """The kernel takes the processor from tasks wherever they are."""
    mode = PREEMPTION.read_text()
    PREEMPTION.write_text("full")
    yield
    PREEMPTION.write_text(re.search(r"\((\w+)\)", mode).group(1))


def test_one_hook_or_two(tool, files, request):
    """Where a program could be interrupted by another call of itself, it is not put at the call's end alone."""
    for is_preempted in (False, True):
        if is_preempted:
            request.getfixturevalue("preempted")
        running = tool("opensnoop", "-p", os.getpid())
        assert ("kretfunc__vmlinux__sys_openat" in running.errors()) != is_preempted
        files()
        lines = running.finish()
        assert len(rows_of(lines, "present")) == len(rows_of(lines, "absent")) == TIMES


def test_without_ring_buffers(tool, files, monkeypatch):
    monkeypatch.setenv("SONDE_EVENTS", "perf")
    running = tool("opensnoop", "-p", os.getpid())
    files()
    lines = running.finish()
    assert len(rows_of(lines, "present")) == len(rows_of(lines, "absent")) == TIMES


def test_failed_ones_only(tool, files):
    running = tool("opensnoop", "-x", "-p", os.getpid())
    files()
    lines = running.finish()
    assert len(rows_of(lines, "absent")) == TIMES and rows_of(lines, "present") == []


@pytest.mark.parametrize("others", [["-p", "1"], ["-u", "65533"], ["--comm", "nobody-has-it"], ["-t", "1"]])
def test_others_only(tool, files, others):
    running = tool("opensnoop", *others)
    files()
    lines = running.finish()
    assert rows_of(lines, "present") == rows_of(lines, "absent") == []


def test_by_command_and_user(tool, files):
    with open("/proc/self/comm") as file:
        comm = file.read().strip()
    running = tool("opensnoop", "--comm", comm[:5], "-u", os.getuid())
    files()
    assert len(rows_of(running.finish(), "present")) == TIMES


def test_by_cgroup(tool, files, cgroup):
    running = tool("opensnoop", "--cgroup", os.readlink(f"/proc/self/fd/{cgroup}"))
    files()
    assert len(rows_of(running.finish(), "present")) == TIMES


def test_not_of_another_cgroup(tool, files, cgroup):
    other = os.readlink(f"/proc/self/fd/{cgroup}") + "/below"
    os.mkdir(other)
    try:
        running = tool("opensnoop", "--cgroup", other)
        files()
        assert rows_of(running.finish(), "present") == []
    finally:
        os.rmdir(other)


def test_json_fits_its_schema(tool, files, schema_of):
    running = tool("opensnoop", "--json", "-T", "-U", "-p", os.getpid())
    files()
    records = running.records()
    mine = [each for each in records if each["path"].endswith("/present")]
    assert len(mine) == TIMES
    assert all(fits_one(each, schema_of("opensnoop")) for each in records)
    assert [each["ts"] for each in mine] == sorted(each["ts"] for each in mine)


def test_flags_and_mode(tool, tmp_path):
    running = tool("opensnoop", "-e", "-f", "O_CREAT", "-f", "O_TRUNC", "-p", os.getpid())
    os.close(os.open(tmp_path / "made", os.O_CREAT | os.O_WRONLY, 0o640))
    os.close(os.open(tmp_path / "made", os.O_TRUNC | os.O_WRONLY))
    os.close(os.open(tmp_path / "made", os.O_RDONLY))
    lines = running.finish()
    assert lines[0] == "PID    COMM               FD ERR FLAGS    MODE PATH"
    rows = [row[-3:-1] for row in rows_of(lines, "made")]
    plain = os.O_WRONLY | os.O_CLOEXEC
    assert rows == [[f"{os.O_CREAT | plain:08o}", "0640"], [f"{os.O_TRUNC | plain:08o}", "n/a"]]


def test_full_paths(tool, tmp_path, monkeypatch):
    (tmp_path / "one/two").mkdir(parents=True)
    for name in ("one/here", "one/two/there"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path / "one")
    directory = os.open(tmp_path / "one/two", os.O_PATH)
    running, json = tool("opensnoop", "-F", "-p", os.getpid()), tool("opensnoop", "-F", "--json", "-p", os.getpid())
    os.close(os.open("here", os.O_RDONLY))
    os.close(os.open("there", os.O_RDONLY, dir_fd=directory))
    os.close(directory)
    os.close(os.open(tmp_path / "one/here", os.O_RDONLY))
    lines = running.finish()
    found = [line.split()[-1] for line in lines if f"{tmp_path}/one" in line]
    expected = [f"{tmp_path}/one/here", f"{tmp_path}/one/two/there", f"{tmp_path}/one/here"]
    assert found == expected
    assert [each["full"] for each in json.records() if f"{tmp_path}/one" in each["full"]] == expected


def test_part_of_a_name_and_threads(tool, files):
    with open("/proc/self/comm") as file:
        comm = file.read().strip()
    named, none = tool("opensnoop", "-n", comm[1:4]), tool("opensnoop", "-n", comm[1:4] + "!")
    thread = tool("opensnoop", "-T", "-U", "-t", os.getpid())
    files()
    assert len(rows_of(named.finish(), "present")) == TIMES and len(none.finish()) == 1
    lines = thread.finish()
    assert lines[0] == "TIME(s)       UID   TID    COMM               FD ERR PATH"
    assert len(rows_of(lines, "present")) == TIMES
