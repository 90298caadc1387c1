"""Standard output that does not take what is printed, for everything that prints; and standard descriptors that are
closed."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from places import BUILD

SONDE = str(BUILD / "bin/sonde")
PROGRAM = """
struct row { u32 pid; };
BPF_PERF_OUTPUT(rows);
BPF_HASH(opens, u32);
TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
    struct row row = {.pid = bpf_get_current_pid_tgid() >> 32};
    opens.increment(row.pid);
    BODY
    return 0;
}
"""
SAID = [[SONDE, "--version"], [SONDE, "-h"], [SONDE, "run", "-h"], [SONDE, "list"], [SONDE, "doctor"],
        [SONDE, "doctor", "--json"], [SONDE, "new", "made"],
        [SONDE, "opensnoop", "-h"], [SONDE, "opensnoop", "--version"], [SONDE, "opensnoop", "--manual"],
        [SONDE, "opensnoop", "--schema"], [SONDE, "syscount", "-l"], [SONDE, "tplist"],
        [str(BUILD / "bin/sonde-cc"), "-h"], [str(BUILD / "bin/sonde-dwarf"), "-h"],
        [str(BUILD / "bin/sonde-cc"), "program.c", "--debug", "2"]]
# Each goes on for a minute by itself.
TRACING = [[SONDE, "opensnoop", "-d", "60"], [SONDE, "opensnoop", "-d", "60", "--json"],
           [SONDE, "opensnoop", "-d", "60", "--csv"], [SONDE, "syscount", "-i", "1", "-d", "60"],
           [SONDE, "run", "rows.c", "-d", "60"], [SONDE, "run", "trace.c", "-d", "60"]]
AT_THE_END = [[SONDE, "offcputime", "-d", "0.5", "-f"], [SONDE, "runqlat", "-d", "0.5"],
              [SONDE, "run", "map.c", "-d", "0.5"]]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mknod("full", 0o666 | 0o020000, os.makedev(1, 7))  # as /dev/full is one
    bodies = {"rows": "rows.perf_submit(args, &row, sizeof(row));", "trace": 'bpf_trace_printk("opened");',
              "map": "", "program": ""}
    for name, body in bodies.items():
        program = PROGRAM.replace("BODY", body)
        without_rows = program.replace("BPF_PERF_OUTPUT(rows);", "")
        (tmp_path / f"{name}.c").write_text(program if name == "rows" else without_rows)
    return tmp_path


@pytest.fixture
def opens():
    """Files are opened all the time."""
    stop = threading.Event()

    def open_files():
        while not stop.wait(0.01):
            open("/dev/null").close()
    thread = threading.Thread(target=open_files)
    thread.start()
    yield
    stop.set()
    thread.join()


def name_of(words):
    return os.path.basename(words[0]) + "-" + "-".join(words[1:])


def run(words, redirection):
    """The words as a shell runs them with `redirection`."""
    begun = time.monotonic()
    done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=70)
    assert time.monotonic() - begun < 30
    return done


@pytest.mark.parametrize("redirection, error", [("> full", "No space left on device"), (">&-", "Bad file descriptor")])
@pytest.mark.parametrize("words", SAID + TRACING + AT_THE_END, ids=name_of)
def test_an_error_is_said_once_and_ends_the_command(words, redirection, error, here, opens):
    done = run(words, redirection)
    name = words[1] if words[1] in ("opensnoop", "syscount", "offcputime", "runqlat") else os.path.basename(words[0])
    assert done.stderr.splitlines().count(f"{name}: error: cannot write standard output: {error}") == 1, done.stderr
    assert len(re.findall("error", done.stderr)) == 1, done.stderr
    assert done.returncode == 1


def test_a_command_that_prints_nothing_takes_no_standard_output(here):
    done = run([SONDE, "cc", "map.c", "-o", "map.o"], "<&- >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert (here / "map.o").read_bytes().startswith(b"\x7fELF")


@pytest.mark.parametrize("words", [[SONDE, "list"], *TRACING], ids=name_of)
def test_a_reader_that_goes_away_ends_the_command_quietly(words, here, opens):
    # Started by Python, which ignores SIGPIPE, and with the signal blocked: neither may keep the command alive.
    def hostile_parent():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          restore_signals=False, preexec_fn=hostile_parent) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == -signal.SIGPIPE
        assert process.stderr.read() == ""


def test_a_pipe_that_somebody_made_nonblocking_gets_everything(here):
    """More than the pipe holds, to a reader that begins late."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    with subprocess.Popen([SONDE, "opensnoop", "--manual"], stdout=subprocess.PIPE) as whole:
        expected = whole.stdout.read()
    line = f'for i in $(seq {200000 // len(expected) + 1}); do {SONDE} opensnoop --manual || echo failed; done'
    with subprocess.Popen(["sh", "-c", line], stdout=writable) as writer:
        os.close(writable)
        time.sleep(0.5)  # the writer is then stuck; were it not, the test would only be weaker
        with os.fdopen(readable, "rb") as reader:
            text = reader.read()
        assert writer.wait() == 0
    assert text == expected * (200000 // len(expected) + 1)


def test_nothing_of_ours_takes_the_place_of_a_closed_descriptor(here, opens):
    process = subprocess.Popen(["sh", "-c", f'exec {SONDE} run map.c -d 60 <&- >&- 2>&-'])
    with contextlib.suppress(ProcessLookupError):
        folder = f"/proc/{process.pid}/fd"
        while "anon_inode:bpf-prog" not in (links := links_in(folder)).values():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert [links[number] for number in ("0", "1", "2")] == ["/dev/null"] * 3


def links_in(folder):
    links = {}
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            links[number] = os.readlink(f"{folder}/{number}")
    return links
