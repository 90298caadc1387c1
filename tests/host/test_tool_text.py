"""What tools read from memory: whole, or marked where it is cut or could not be read."""

import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import sys
import threading

import pytest
from fits_schema import fits_one

LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD = -100
ABSENT_DESCRIPTOR = 999
UNREADABLE = ctypes.c_void_p(8)
LONGEST = 4095  # bytes of a path
ON_X86 = platform.machine() == "x86_64"
EXECVEAT = 322 if ON_X86 else 281
OPENAT = 257 if ON_X86 else 56


def openat(path: bytes | ctypes.c_void_p, directory: int = AT_FDCWD) -> None:
    assert LIBC.syscall(OPENAT, directory, path, os.O_RDONLY, 0) == -1


def long_path(length: int) -> bytes:
    """In a directory that is not there."""
    return b"/absent".ljust(length - 5, b"/") + b"/last"


def end_of(running) -> tuple[list[str], str]:
    """Its lines without those of other tools that this process starts, and what it says on standard error."""
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0
    errors = [line for line in running.errors().splitlines() if " runs at " not in line]
    return [line for line in running.output().splitlines() if "bin/sonde" not in line], "\n".join(errors)


def records_of(running) -> list[dict]:
    return [record for record in map(json.loads, end_of(running)[0]) if "lost" not in record]


MINE = ["-p", os.getpid()]


# --- opensnoop --------------------------------------------------------------------------------------------------------

@pytest.fixture(params=["ring buffer", "perf buffer"])
def events(request, monkeypatch):
    if request.param == "perf buffer":
        monkeypatch.setenv("SONDE_EVENTS", "perf")


@pytest.mark.parametrize("length", [200, 254, 255, 256, 257, 1000, LONGEST])
def test_paths_are_whole(tool, schema_of, events, length):
    path = long_path(length)
    assert len(path) == length
    text, json_rows, full = (tool("opensnoop", *way, *MINE) for way in ([], ["--json"], ["-F", "--json"]))
    for _ in range(23):
        openat(path)
    lines, errors = end_of(text)
    assert errors == ""
    assert sum(line.endswith(" " + path.decode()) for line in lines) == 23
    for running, column in ((json_rows, "path"), (full, "full")):
        rows = [row for row in records_of(running) if row.get(column) == path.decode()]
        assert len(rows) == 23 and not any(column + "_cut" in row for row in rows)
        assert all(fits_one(row, schema_of("opensnoop")) for row in rows)


@pytest.mark.parametrize("options", [[], ["-F"]])
def test_a_path_that_is_too_long_is_marked(tool, schema_of, events, options):
    text, json_rows, table = (tool("opensnoop", *options, *way, *MINE) for way in ([], ["--json"], ["--csv"]))
    openat(long_path(5000))
    shown = long_path(5000)[:LONGEST].decode()
    for running in (text, table):
        lines, errors = end_of(running)
        assert sum(shown + "…" in line for line in lines) == 1
        assert "1 strings were longer than can be shown" in errors
    column = "full" if options else "path"
    (row,) = [row for row in records_of(json_rows) if row[column] == shown]
    assert row[column + "_cut"] is True and fits_one(row, schema_of("opensnoop"))


@pytest.mark.parametrize("options", [[], ["-F"]])
def test_no_path_and_an_empty_one(tool, schema_of, events, options):
    column = "full" if options else "path"
    text, json_rows = tool("opensnoop", "-x", *options, *MINE), tool("opensnoop", "-x", *options, "--json", *MINE)
    openat(UNREADABLE)
    openat(b"")
    lines, errors = end_of(text)
    assert "1 strings could not be read" in errors
    assert [line.split()[4:] for line in lines if line.split()[3] == str(errno.EFAULT)] == [["[unreadable]"]]
    rows = records_of(json_rows)
    assert [row[column] for row in rows if row["err"] == errno.EFAULT] == [None]
    assert "" in [row[column] for row in rows if row["err"] == errno.ENOENT]
    assert all(fits_one(row, schema_of("opensnoop")) for row in rows)


def test_directories_are_not_invented(tool, events, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    directory, (read, write) = os.open(tmp_path, os.O_PATH), os.pipe()
    text, json_rows = tool("opensnoop", "-F", "-x", *MINE), tool("opensnoop", "-F", "-x", "--json", *MINE)
    for where in (ABSENT_DESCRIPTOR, -7, read, directory, AT_FDCWD):
        openat(b"some-file", where)
    for each in (directory, read, write):
        os.close(each)
    expected = ["some-file"] * 3 + [f"{tmp_path}/some-file"] * 2
    assert [line.split()[-1] for line in end_of(text)[0] if line.endswith("some-file")] == expected
    rows = [row for row in records_of(json_rows) if row["full"] and row["full"].endswith("some-file")]
    assert [row["full"] for row in rows] == expected and not any("full_cut" in row for row in rows)


def test_more_directories_than_are_shown(tool, tmp_path, monkeypatch):
    depth = 60
    monkeypatch.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir("d")
        os.chdir("d")
    text, json_rows = tool("opensnoop", "-F", "-x", *MINE), tool("opensnoop", "-F", "-x", "--json", *MINE)
    openat(b"some-file")
    (line,) = [line for line in end_of(text)[0] if line.endswith("some-file")]
    assert line.split()[-1].startswith("…/d/d/")
    (row,) = [row for row in records_of(json_rows) if row["full"] and row["full"].endswith("some-file")]
    assert row["full_cut"] is True and row["full"].startswith("d/d/")


@pytest.mark.skipif(not ON_X86, reason="creat(2) is no system call there")
def test_creat_is_an_open(tool, tmp_path):
    running = tool("opensnoop", "-e", "--json", *MINE)
    os.close(LIBC.syscall(85, os.fsencode(tmp_path / "made"), 0o640))
    (row,) = [row for row in running.records() if row["path"] == str(tmp_path / "made")]
    assert (row["flags"], row["mode"]) == (os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)


def test_statsnoop(tool, schema_of):
    running = tool("statsnoop", "--json", *MINE)
    paths = [long_path(300).decode(), long_path(LONGEST).decode(), long_path(5000).decode()]
    for path in paths:
        with pytest.raises(OSError):
            os.stat(path)
    rows = [row for row in records_of(running) if (row["path"] or "").startswith("/absent")]
    shown = [(paths[0], False), (paths[1], False), (paths[2][:LONGEST], True)]
    assert [(row["path"], "path_cut" in row) for row in rows] == shown
    assert all(fits_one(row, schema_of("statsnoop")) for row in rows)


def test_mountsnoop(tool, schema_of):
    running, cut = tool("mountsnoop", "--json", *MINE), tool("mountsnoop", "--json", *MINE)
    target, options = long_path(1000), b"o" * 3000
    assert LIBC.mount(b"none", target, b"tmpfs", 0, options) == -1
    (row,) = running.records()
    assert row["call"] == f'mount("none", "{target.decode()}", "tmpfs", 0x0, "{options.decode()}") = -ENOENT'
    assert "call_cut" not in row
    assert LIBC.mount(None, long_path(5000), UNREADABLE, 0, None) == -1
    row = records_of(cut)[-1]
    shown = long_path(5000)[:LONGEST].decode()
    assert row["call"] == f'mount(NULL, "{shown}"..., [unreadable], 0x0, NULL) = -EFAULT' and row["call_cut"]
    assert fits_one(row, schema_of("mountsnoop"))


def test_newer_calls_that_mount(tool):
    running = tool("mountsnoop", "--json", *MINE)
    attributes = (ctypes.c_uint64 * 4)(1, 2, 1 << 18, 0)
    number = {"open_tree": 428, "fsopen": 430, "fspick": 433, "mount_setattr": 442}
    assert LIBC.syscall(number["open_tree"], AT_FDCWD, b"/absent", 1) == -1
    assert LIBC.syscall(number["fsopen"], b"absent", 0) == -1
    assert LIBC.syscall(number["fspick"], AT_FDCWD, b"/absent", 0) == -1
    assert LIBC.syscall(number["mount_setattr"], AT_FDCWD, b"/absent", 0x8000, attributes, 32) == -1
    assert [row["call"] for row in running.records()] == [
        'open_tree(AT_FDCWD, "/absent", OPEN_TREE_CLONE) = -ENOENT', 'fsopen("absent", 0x0) = -ENODEV',
        'fspick(AT_FDCWD, "/absent", 0x0) = -ENOENT',
        'mount_setattr(AT_FDCWD, "/absent", AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY, attr_clr=MOUNT_ATTR_NOSUID, '
        'propagation=MS_PRIVATE}) = -ENOENT']


# --- execsnoop --------------------------------------------------------------------------------------------------------

CHILDREN = ["-P", os.getpid()]


def untouched(text: bytes) -> int:
    """The address of `text` on a page that this process has not read."""
    descriptor = os.memfd_create("untouched")
    os.write(descriptor, text + b"\0")
    os.ftruncate(descriptor, mmap.PAGESIZE)
    LIBC.mmap.restype = ctypes.c_void_p
    address = LIBC.mmap(None, ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    os.close(descriptor)
    return address


def in_child(run) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            run()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def array_of(words: list) -> ctypes.Array:
    """Of char pointers; a word may be an address."""
    def address_of(word) -> int:
        return word if isinstance(word, int) else ctypes.cast(ctypes.c_char_p(word), ctypes.c_void_p).value
    addresses = map(address_of, words)
    array = (ctypes.c_void_p * (len(words) + 1))(*addresses, None)
    array.words = words  # they live as long
    return array


def execute(words: list, file: bytes | ctypes.c_void_p = b"/bin/true") -> None:
    in_child(lambda: LIBC.execve(file, array_of(words), array_of([])))


def arguments(running) -> list:
    return [row["args"] for row in records_of(running)]


def test_words_on_pages_that_were_not_read(tool, events):
    running = tool("execsnoop", "--json", *CHILDREN)
    execute([b"true", b"before", untouched(b"cold word"), b"after", b"last"])
    execute([b"true", b"word"], ctypes.c_void_p(untouched(b"/bin/true")))
    assert arguments(running) == [["/bin/true", "before", "cold word", "after", "last"], ["/bin/true", "word"]]


def test_words_are_whole(tool, schema_of, events):
    long_words = [b"true", b"x" * 5000, b"e" * 127, b"", b"a b", b"caf\xc3\xa9", b"after"]
    text, rows = tool("execsnoop", *CHILDREN), tool("execsnoop", "--json", *CHILDREN)
    execute(long_words)
    execute([b"true", b"", b""])
    execute([b"true"])
    whole = ["/bin/true"] + [word.decode() for word in long_words[1:]]
    assert end_of(text)[0][1].endswith(" " + " ".join(whole))
    records = records_of(rows)
    assert [row["args"] for row in records] == [whole, ["/bin/true", "", ""], ["/bin/true"]]
    assert all(fits_one(row, schema_of("execsnoop")) and "args_cut" not in row for row in records)


def test_no_words_at_all(tool):
    running = tool("execsnoop", "--json", *CHILDREN)
    in_child(lambda: LIBC.execve(b"/bin/true", None, None))
    in_child(lambda: LIBC.execve(b"/bin/true", array_of([]), array_of([])))
    assert arguments(running) == [["/bin/true"]] * 2


def test_more_words_than_are_shown(tool, schema_of):
    words = [b"w%d" % i for i in range(60)]
    ways = ["--json"], ["--json", "--max-args", 100], []
    twenty, all_of_them, text = (tool("execsnoop", *way, *CHILDREN) for way in ways)
    execute(words)
    assert end_of(text)[0][1].endswith(" w18 w19 ...")
    (row,) = records_of(twenty)
    assert row["args"] == ["/bin/true"] + [f"w{i}" for i in range(1, 20)] and row["args_cut"] is True
    assert fits_one(row, schema_of("execsnoop"))
    (row,) = records_of(all_of_them)
    assert row["args"] == ["/bin/true"] + [f"w{i}" for i in range(1, 60)] and "args_cut" not in row


def test_more_bytes_than_are_shown(tool):
    text, rows = tool("execsnoop", *CHILDREN), tool("execsnoop", "--json", *CHILDREN)
    execute([b"true", b"first", b"x" * 50_000, b"after"])
    (row,) = records_of(rows)
    assert row["args"][:2] == ["/bin/true", "first"] and set(row["args"][2]) == {"x"} and len(row["args"][2]) > 16_000
    assert row["args_cut"] is True and len(row["args"]) == 3
    assert end_of(text)[0][1].endswith("xxx… ...")


def test_scripts_and_their_scripts(tool, tmp_path):
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    inner.write_text("#!/bin/sh -e\nexit 0\n")
    outer.write_text(f"#!{inner}\n")
    for each in (inner, outer):
        each.chmod(0o755)
    running = tool("execsnoop", "--json", *CHILDREN)
    for each in (inner, outer):
        execute([b"name", b"one", os.fsencode(each)], os.fsencode(each))
    assert arguments(running) == [[str(each), "one", str(each)] for each in (inner, outer)]


def test_files_that_calls_name_otherwise(tool):
    running = tool("execsnoop", "--json", *CHILDREN)
    words = array_of([b"true", b"word"])

    def by_descriptor(path: str, name: bytes) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        LIBC.syscall(EXECVEAT, descriptor, name, words, array_of([]), 0x1000 if not name else 0)
    in_child(lambda: by_descriptor("/bin/true", b""))
    in_child(lambda: by_descriptor("/bin", b"true"))
    in_child(lambda: LIBC.syscall(EXECVEAT, AT_FDCWD, b"/bin/true", words, array_of([]), 0))
    first, second, third = arguments(running)
    assert first[0].startswith("/dev/fd/") and second[0].startswith("/dev/fd/") and second[0].endswith("/true")
    assert third[0] == "/bin/true" and [each[1:] for each in (first, second, third)] == [["word"]] * 3


def test_threads_that_execute(tool):
    running = tool("execsnoop", "--json", "-x", *CHILDREN)

    def run():
        words = array_of([b"true", b"of a thread"])
        thread = threading.Thread(target=lambda: LIBC.execve(b"/bin/true", words, array_of([])))
        thread.start()
        thread.join()
    in_child(run)
    assert arguments(running) == [["/bin/true", "of a thread"]]


def test_calls_that_failed(tool, schema_of, events):
    text, rows = tool("execsnoop", "-x", *CHILDREN), tool("execsnoop", "-x", "--json", *CHILDREN)
    execute([b"name", b"word", b""], b"/absent/program")
    execute([b"name", b"before", 8, b"after"])
    execute([b"name", b"word"], UNREADABLE)
    in_child(lambda: LIBC.execve(b"/bin/true", UNREADABLE, None))
    wanted = [(-errno.ENOENT, ["/absent/program", "word", ""]), (-errno.EFAULT, ["/bin/true", "before", None, "after"]),
              (-errno.EFAULT, [None, "word"]), (-errno.EFAULT, ["/bin/true", None])]
    records = records_of(rows)
    assert [(row["ret"], row["args"]) for row in records] == wanted
    assert all(fits_one(row, schema_of("execsnoop")) for row in records)
    assert end_of(text)[0][2].endswith(" /bin/true before [unreadable] after")


def test_python_itself_is_executed(tool):
    running = tool("execsnoop", "--json", *CHILDREN)
    for i in range(23):
        execute([b"python", b"-c", b"pass", b"%d" % i], os.fsencode(sys.executable))
    assert arguments(running) == [[sys.executable, "-c", "pass", str(i)] for i in range(23)]
