"""Files that a user names for output: every row of the table in docs/howto/output-files.md, for every option that names
one."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from places import BUILD, REPOSITORY

PAGE = REPOSITORY / "docs/howto/output-files.md"
SONDE = str(BUILD / "bin/sonde")
PROGRAM = "TRACEPOINT_PROBE(syscalls, sys_enter_openat) { return 0; }\n"
# What each command writes begins with these bytes.
SVG = b"<?xml"
COMMANDS = {
    "sonde cc": ([SONDE, "cc", "{source}", "-o", "{output}"], b"\x7fELF"),
    "sonde-cc": ([str(BUILD / "bin/sonde-cc"), "{source}", "-o", "{output}"], b"\x7fELF"),
    "--flamegraph": ([SONDE, "offcputime", "-d", "0.1", "-f", "--flamegraph", "{output}"], SVG),
    "--heatmap": ([SONDE, "runqlat", "-d", "0.1", "--json", "--heatmap", "{output}"], SVG),
}


def rows_of_the_table() -> dict[str, tuple[int, str]]:
    lines = re.findall(r"^\| (.+?) +\| (\d) +\| (.+?) +\|$", PAGE.read_text(), re.MULTILINE)
    return {name: (int(status), happens) for name, status, happens in lines}


ROWS = rows_of_the_table()
# Root whom the kernel asks for permission as it asks anybody, but who may trace.
LIKE_A_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
OLD = b"what was there before"


class Case:
    """One command with one output: made by the function of the row's name, run, and looked at afterwards."""

    def __init__(self, directory, command, monkeypatch):
        self.directory, self.monkeypatch = directory, monkeypatch
        self.words, self.magic = COMMANDS[command]
        self.output = directory / "output"
        self.how, self.prefix = {}, []
        self.source = directory / "program.c"
        self.source.write_text(PROGRAM)

    def run(self, **how):
        line = [*self.prefix, *(word.format(source=self.source, output=self.output) for word in self.words)]
        return subprocess.run(line, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
                              **({"stdout": subprocess.DEVNULL} | self.how | how))

    def is_written(self, path) -> bool:
        return path.read_bytes().lstrip().startswith(self.magic)

    def names(self):
        return sorted(each.name for each in self.output.parent.iterdir())


def a_new_file(case):
    case.how["preexec_fn"] = lambda: os.umask(0o027)
    yield
    assert case.is_written(case.output) and case.output.stat().st_mode & 0o7777 == 0o640


def a_regular_file(case):
    case.output.write_bytes(OLD)
    os.chown(case.output, 1234, 5678)
    case.output.chmod(0o604)
    os.setxattr(case.output, "trusted.sonde", b"kept")
    before = case.output.stat()
    yield
    after = case.output.stat()
    assert case.is_written(case.output) and after.st_ino != before.st_ino
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert os.getxattr(case.output, "trusted.sonde") == b"kept"


def a_regular_file_with_several_links(case):
    case.output.write_bytes(OLD * 100000)  # longer than what is written
    os.link(case.output, case.directory / "other")
    yield
    assert case.is_written(case.directory / "other") and case.output.samefile(case.directory / "other")
    assert OLD not in case.output.read_bytes()


def a_file_in_a_directory_that_takes_no_new_files(case):
    closed = case.directory / "closed"
    closed.mkdir()
    case.output = closed / "output"
    case.output.write_bytes(OLD)
    os.chown(closed, 1234, 5678)
    case.prefix = LIKE_A_USER
    inode = case.output.stat().st_ino
    yield
    assert case.is_written(case.output) and case.output.stat().st_ino == inode


def a_file_that_is_mounted_over_another(case):
    case.output.write_bytes(OLD)
    below = case.directory / "below"
    below.write_bytes(OLD)
    case.prefix = in_namespace(f"mount --bind {below} {case.output}")
    yield
    assert case.is_written(below) and case.output.read_bytes() == OLD


def a_symbolic_link(case):
    (case.directory / "far").mkdir()
    target = case.directory / "far/target"
    target.write_bytes(OLD)
    target.chmod(0o600)
    (case.directory / "far/link").symlink_to("target")
    case.output.symlink_to("far/link")
    yield
    assert case.output.is_symlink() and (case.directory / "far/link").is_symlink()
    assert case.is_written(target) and target.stat().st_mode & 0o7777 == 0o600


def a_dangling_symbolic_link(case):
    (case.directory / "far").mkdir()
    case.output.symlink_to("far/target")
    yield
    assert case.output.is_symlink() and case.is_written(case.directory / "far/target")


def a_FIFO(case):
    os.mkfifo(case.output)
    with subprocess.Popen(["cat", case.output], stdout=subprocess.PIPE) as reader:
        yield
        assert reader.stdout.read().lstrip().startswith(case.magic)
    assert case.output.is_fifo()


def a_device(case):
    os.mknod(case.output, 0o666 | 0o020000, os.makedev(1, 3))
    yield
    assert case.output.is_char_device()


def _dev_stdout(case):
    case.output = case.directory / "stdout"  # as /dev/stdout is one: the machine's own is not for tests
    case.output.symlink_to("/proc/self/fd/1")
    shown = case.directory / "shown"
    shown.write_bytes(OLD)
    with shown.open("ab") as file:
        case.how["stdout"] = file
        yield
    assert case.output.is_symlink()
    assert shown.read_bytes().startswith(OLD) and case.magic in shown.read_bytes()[len(OLD):]


def a_closed_descriptor(case):
    case.output = "/dev/fd/9"
    yield


def a_directory(case):
    case.output.mkdir()
    yield
    assert case.output.is_dir() and not list(case.output.iterdir())


def a_socket(case):
    with socket.socket(socket.AF_UNIX) as listening:
        case.monkeypatch.chdir(case.directory)  # a socket's path is short
        listening.bind("output")
        yield
    assert case.output.is_socket()


def in_a_directory_that_is_not_there(case):
    case.output = case.directory / "none/output"
    yield
    assert not case.output.parent.exists()


def on_a_full_disk(case):
    yield from on_file_system(case, "mount -t tmpfs -o size=8k none {0} && printf old > {0}/output && "
                              "cat /dev/zero > {0}/rest 2>/dev/null;",
                              "head -c 3 {0}/output | grep -qx old && [ $(ls -A {0} | wc -l) = 2 ] || exit 9")


def on_a_read_only_file_system(case):
    yield from on_file_system(case, "mount -t tmpfs none {0} && printf old > {0}/output && mount -o remount,ro {0};",
                              "grep -qx old {0}/output || exit 9")


def a_file_without_permission_to_write(case):
    case.output.write_bytes(OLD)
    os.chown(case.output, 1234, 5678)
    case.prefix = LIKE_A_USER
    yield
    assert case.output.read_bytes() == OLD


def in_namespace(before, after=""):
    """Words to put before a command: mounts that no other process sees."""
    shell = f'{before} "$@"; status=$?; {after}; exit $status' if after else f'{before}; exec "$@"'
    return ["unshare", "-m", "sh", "-c", shell, "sh"]


def on_file_system(case, before, after):
    disk = case.directory / "disk"
    disk.mkdir()
    case.output = disk / "output"
    case.prefix = in_namespace(before.format(disk), after.format(disk))
    yield


def function_of(row):
    return globals()[re.sub(r"\W", "_", row)]


def test_the_table_is_read():
    assert len(ROWS) == 17
    assert all(callable(function_of(row)) for row in ROWS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("row", ROWS)
def test_what_an_output_file_is(row, command, tmp_path, monkeypatch):
    status, happens = ROWS[row]
    case = Case(tmp_path, command, monkeypatch)
    made = function_of(row)(case)
    next(made)
    done = case.run()
    error = done.stderr.decode()
    assert done.returncode == status, error
    if status != 0:
        said = happens.replace("FILE", str(case.output))
        assert re.fullmatch(rf"(?s).*\w+(-\w+)?: error: {re.escape(said)}.*\n", error), error
    next(made, None)
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_ctrl_c_ends_the_wait_for_a_reader_of_a_FIFO(tmp_path):
    (tmp_path / "program.c").write_text(PROGRAM)
    os.mkfifo(tmp_path / "output")
    for words in ([SONDE, "cc", "program.c", "-o", "output"],
                  [SONDE, "offcputime", "-d", "0.1", "-f", "--flamegraph", "output"]):
        with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            wait_until(lambda: is_opening(process.pid))
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        assert process.returncode != 0 and (tmp_path / "output").is_fifo()


def is_opening(pid: int) -> bool:
    """It waits in openat(2)."""
    with open(f"/proc/{pid}/syscall") as file:
        return file.read().startswith("257 ")


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_old_file_survives_a_program_that_does_not_compile(tmp_path):
    (tmp_path / "program.c").write_text("int f(void *ctx) { return x; }\n")
    (tmp_path / "output").write_bytes(OLD)
    done = subprocess.run([SONDE, "cc", "program.c", "-o", "output"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 1 and (tmp_path / "output").read_bytes() == OLD


def test_a_file_that_cannot_be_written_is_said_before_the_tracing(tmp_path):
    begun = time.monotonic()
    done = subprocess.run([SONDE, "offcputime", "-d", "30", "--flamegraph", tmp_path], capture_output=True, text=True)
    assert done.returncode == 1 and f"cannot write {tmp_path}: Is a directory" in done.stderr
    assert time.monotonic() - begun < 20


def test_a_new_tool_does_not_replace_even_a_dangling_link(tmp_path):
    (tmp_path / "made.c").symlink_to("elsewhere.c")
    done = subprocess.run([SONDE, "new", "made"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "made.c is there already" in done.stderr and not (tmp_path / "elsewhere.c").exists()
