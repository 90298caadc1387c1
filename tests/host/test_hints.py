"""What commands say about rights, limits and other readers states what was found out, and nothing else."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from places import BUILD, REPOSITORY

SONDE = str(BUILD / "bin/sonde")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TRACES = 'TRACEPOINT_PROBE(syscalls, sys_enter_openat) { bpf_trace_printk("opened"); return 0; }\n'


def run(*words, **how):
    stdin = how.pop("stdin", subprocess.DEVNULL)
    return subprocess.run(words, stdin=stdin, capture_output=True, text=True, timeout=60, **how)


@pytest.fixture(scope="module")
def public():
    """A directory with the command, and an object, that every user can get at."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        shutil.copy(SONDE, directory / "sonde")
        (directory / "opens.c").write_text("TRACEPOINT_PROBE(syscalls, sys_enter_openat) { return 0; }\n")
        assert run(SONDE, "cc", "opens.c", "-o", "opens.o", cwd=directory).returncode == 0
        yield directory


def findings(done):
    return {line[7:23].strip(): (line[2:6].strip(), line[24:]) for line in done.stdout.splitlines()
            if line.startswith("  ") and line[2] != " "}


def test_the_doctor_does_not_know_what_a_plain_user_may_not_ask(public):
    done = run(*NOBODY, public / "sonde", "doctor")
    found = findings(done)
    assert done.returncode == 1 and found["permission"][0] == "no"
    for name in ("ringbuf", "uprobe_multi", "tracefs"):
        assert found[name][0] == "?" and found[name][1].startswith("not known: "), found[name]
    assert found["btf"][0] == "yes"


def test_the_doctor_finds_out_about_rights_without_proc():
    done = run("unshare", "-m", "sh", "-c", f"umount -l /proc && exec {SONDE} doctor")
    assert done.returncode == 0 and findings(done)["permission"] == ("yes", "programs may be loaded")


def test_the_doctor_loads_a_program_before_it_says_yes_to_lsm():
    probe = "LSM_PROBE(file_open, struct file *file) { return 0; }\n"
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "probe.c").write_text(probe)
        works = run(SONDE, "run", "probe.c", "-d", "0.1", cwd=directory).returncode == 0
    assert findings(run(SONDE, "doctor"))["lsm"][0] == ("yes" if works else "no")


def test_root_of_a_user_namespace_hears_why_that_is_not_enough():
    done = run("unshare", "-Ur", SONDE, "opensnoop", "-d", "0.1")
    assert done.returncode == 1 and "hint: the capabilities of a user namespace do not count for tracing" in done.stderr


TRACING = "/sys/kernel/tracing"


def test_capabilities_without_a_readable_tracefs(public):
    capabilities = [*NOBODY, "--inh-caps=+bpf,+perfmon", "--ambient-caps=+bpf,+perfmon"]
    # Root's alone, as the kernel has it unless somebody mounted it otherwise.
    mounted = (f"mountpoint -q {TRACING} || mount -t tracefs none {TRACING}; "
               f"exec {' '.join(capabilities)} ./sonde run opens.o -d 0.1")
    done = run("unshare", "-m", "sh", "-c", mounted, cwd=public)
    assert done.returncode == 1
    assert "hint: user 65534 may not read tracefs: run as root" in done.stderr and "security module" not in done.stderr


def test_the_reader_of_the_trace_pipe_is_named(tmp_path):
    (tmp_path / "traces.c").write_text(TRACES)
    with subprocess.Popen([SONDE, "run", "traces.c"], cwd=tmp_path, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as first:
        while not any(link.endswith("trace_pipe") for link in links_of(first.pid)):
            assert first.poll() is None
            time.sleep(0.02)
        second = run(SONDE, "run", "traces.c", "-d", "0.1", cwd=tmp_path)
        first.terminate()
        first.communicate()
    assert "warning: no trace output: cannot open the trace pipe: Device or resource busy\n" in second.stderr
    assert f"hint: process {first.pid} (sonde) reads it" in second.stderr and "take no trace pipe" in second.stderr


def links_of(pid):
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            yield os.readlink(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            pass


@pytest.mark.parametrize("wrong, right", [("opensnop", "opensnoop"), ("docter", "doctor"), ("fxt4dist", "ext4dist")])
def test_the_nearest_command_is_named(wrong, right):
    done = run(SONDE, wrong)
    assert done.returncode == 2
    assert done.stderr.startswith(f"sonde: error: there is no command {wrong}; nearest: {right}\nhint: ")
    assert "nearest" not in run(SONDE, "qqqqqqqqqq").stderr
    assert "; nearest: syscalls" in run(SONDE, "list", "-g", "syscals").stderr


@pytest.mark.parametrize("line", [
    "cat opens.c | $SONDE run /dev/stdin -d 0.1", "$SONDE run <(cat opens.c) -d 0.1",
    "cat opens.o | $SONDE run /dev/stdin -d 0.1",
    "$SONDE cc <(cat opens.c) -o made.o && $SONDE run made.o -d 0.1",
    "$SONDE new made > /dev/null && cat made.c | $SONDE run /dev/stdin 7 -d 0.1 --csv"])
def test_a_program_may_come_through_a_pipe(line, public):
    """It is read once."""
    done = run("bash", "-c", "set -o pipefail; rm -f made.*; " + line, cwd=public, env=os.environ | {"SONDE": SONDE})
    assert (done.returncode, done.stderr) == (0, "")
    assert ("pid,comm,bytes,latency" in done.stdout) == ("--csv" in line)


def test_an_empty_program_is_said_to_be_empty():
    assert "error: /dev/stdin is empty" in run(SONDE, "run", "/dev/stdin").stderr


def test_the_limit_of_open_files():
    """The soft one is raised; the hard one is named, with what to do; a traced command gets what it would have had."""
    assert run("bash", "-c", f"ulimit -Sn 16 && {SONDE} opensnoop -d 0.1").returncode == 0
    short = run("bash", "-c", f"ulimit -n 12 && {SONDE} opensnoop -d 0.1")
    assert short.returncode == 1 and "Too many open files" in short.stderr and "ulimit -n" in short.stderr
    inherited = run("bash", "-c", f"ulimit -Sn 123 && {SONDE} opensnoop --exec sh -c 'ulimit -n >&2'")
    assert "123" in inherited.stderr.splitlines()


def test_a_python_package_for_another_python_says_so(tmp_path):
    without = shutil.ignore_patterns("_core*", "__pycache__")
    shutil.copytree(REPOSITORY / "bindings/python/bcc", tmp_path / "bcc", ignore=without)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for module, said in ((None, "it is not built or installed completely"),
                         ("_core.cpython-35-x86_64-linux-gnu.so", "is built for Python 3.5, and this is")):
        if module:
            (tmp_path / "bcc" / module).touch()
        done = run("/usr/bin/python3", "-c", "import bcc", env=environment)
        assert said in done.stderr and "circular" not in done.stderr, done.stderr


def test_types_of_a_file_are_called_by_its_name(public):
    shutil.copy("/sys/kernel/btf/vmlinux", public / "types.btf")
    (public / "wrong.c").write_text("int f(void *ctx) { struct nobody_has_this one; return sizeof(one); }\n")
    done = run(SONDE, "cc", "wrong.c", "--btf", "types.btf", cwd=public)
    assert f"neither the kernel ({public}/types.btf) nor its loaded modules" in done.stderr
    assert os.uname().release not in done.stderr
    (public / "shape.c").write_text("int f(struct pt_regs *ctx) { return LINUX_VERSION_CODE >> 16; }\n")
    assert run(SONDE, "cc", "shape.c", "--btf", "types.btf", cwd=public).returncode == 0
    missing = run(SONDE, "cc", "opens.c", "--btf", "none.btf", "-o", "made.o", cwd=public)
    assert "No such file or directory" in missing.stderr and "hint" not in missing.stderr


def test_a_tool_that_can_see_nothing_here_is_an_error(tmp_path):
    (tmp_path / "blind.c").write_text("""#include "tool.h"
TOOL("Sees nothing.");
struct row { pid_t pid COLUMN("PID", -7); };
ROWS(rows, struct row);
OPTIONAL ON_RAW_TRACEPOINT(nobody_has_this_event) {
  struct row *row = new_row(rows);
  if (row) send_row(rows, row);
  return 0;
}
""")
    done = run(SONDE, "run", "blind.c", "-d", "30", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: raw_tracepoint nobody_has_this_event: no such tracepoint in this kernel" in done.stderr
    assert done.stdout == ""
