"""How a tool's run ends, which processes it shows, and what it makes of its options: on this machine's own kernel."""

import csv
import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from places import BUILD

SONDE = str(BUILD / "bin/sonde")
PATIENCE = 60  # seconds


def wait_until(condition, what=""):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        time.sleep(0.01)


class Running:
    """`sonde ARGUMENTS`, attached."""

    def __init__(self, directory, *arguments, stdout=subprocess.PIPE):
        self.error_path = directory / f"err-{time.monotonic_ns()}"
        tool, *rest = map(str, arguments)
        with open(self.error_path, "wb") as error:
            self.process = subprocess.Popen([SONDE, tool, "--attachments", *rest], stdout=stdout, stderr=error)
        wait_until(lambda: " runs at " in self.errors() or self.process.poll() is not None, self.errors)
        assert self.process.poll() is None or self.process.returncode == 0, self.errors()

    def errors(self) -> str:
        return self.error_path.read_text()

    def output(self) -> bytes:
        out, _ = self.process.communicate(timeout=PATIENCE)
        return out

    def end(self, *signals) -> bytes:
        for each in signals or (signal.SIGINT,):
            self.process.send_signal(each)
        out = self.output()
        assert self.process.returncode == 0, self.errors()
        return out

    def records(self) -> list[dict]:
        return [json.loads(line) for line in self.end().splitlines()]


@pytest.fixture
def running(tmp_path):
    started = []

    def start(*arguments, **options) -> Running:
        started.append(Running(tmp_path, *arguments, **options))
        return started[-1]
    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signals", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGTERM),
                                     (signal.SIGHUP, signal.SIGHUP), (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)])
def test_signals_that_come_together_cost_no_report(running, signals):
    for _ in range(50 if signals == (signal.SIGINT, signal.SIGINT) else 3):
        run = running("syscount", "--json")
        os.stat("/")
        assert run.end(*signals), "there is no report"


def test_timeout_signals_the_process_and_its_group():
    for _ in range(5):
        done = subprocess.run(["timeout", "-s", "INT", "1", SONDE, "syscount", "--json"], capture_output=True,
                              timeout=PATIENCE)
        assert done.stdout.count(b"\n") > 0, done.stderr


def test_a_program_without_a_driver_ends_as_well(tmp_path):
    source = tmp_path / "opens.c"
    source.write_text("BPF_HASH(opens, u32);\n"
                      "TRACEPOINT_PROBE(syscalls, sys_enter_openat) "
                      "{ opens.increment(bpf_get_current_pid_tgid() >> 32); return 0; }\n")
    for _ in range(5):
        with open(tmp_path / "err", "wb") as error:
            process = subprocess.Popen([SONDE, "run", "-v", source], stdout=subprocess.PIPE, stderr=error)
        wait_until(lambda: "running" in (tmp_path / "err").read_text())
        os.close(os.open("/", os.O_RDONLY))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and f"  {os.getpid()} -> " in out.decode()


class SlowReader:
    """A pipe of one page: a report that is longer waits until somebody reads."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        fcntl.fcntl(self.write_end, fcntl.F_SETPIPE_SZ, 4096)

    def is_full(self) -> bool:
        size = bytearray(4)
        fcntl.ioctl(self.read_end, 0x541B, size)  # FIONREAD
        return int.from_bytes(size, sys.byteorder) > 3500

    def close_writer(self):
        os.close(self.write_end)

    def read_all(self) -> bytes:
        with open(self.read_end, "rb") as file:
            return file.read()


@pytest.fixture
def slow_report(running):
    """A tool that was asked to end, in the middle of its report."""
    reader = SlowReader()
    run = running("offcputime", "-K", "--json", stdout=reader.write_end)
    reader.close_writer()
    sleepers = [threading.Thread(target=time.sleep, args=(0.05,)) for _ in range(200)]  # a row each, whoever else runs
    for each in sleepers:
        each.start()
    for each in sleepers:
        each.join()
    run.process.send_signal(signal.SIGINT)
    run.asked = time.monotonic()
    wait_until(reader.is_full, "a report of a page")
    return run, reader


def test_a_signal_during_the_report_does_not_cut_it(slow_report):
    run, reader = slow_report
    run.process.send_signal(signal.SIGTERM)
    records = [json.loads(line) for line in reader.read_all().splitlines()]
    assert run.process.wait(PATIENCE) == 0 and all("value" in each or "lost" in each for each in records)


def test_one_that_insists_ends_the_report_and_says_so(slow_report):
    run, reader = slow_report
    time.sleep(max(0, run.asked + 1.1 - time.monotonic()))
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(PATIENCE) == -signal.SIGINT
    assert "offcputime: interrupted: the report was not printed in full\n" in run.errors()
    os.close(reader.read_end)


# --- a command --------------------------------------------------------------------------------------------------------

# Opens NAME-command, NAME-child, NAME-grandchild; the last one when its parents have ended.
FAMILY = """
import os, sys
def opens(name):
    try: os.open(sys.argv[1] + name, os.O_RDONLY)
    except FileNotFoundError: pass
opens("-command")
if os.fork() == 0:
    opens("-child")
    own = os.getpid()
    if os.fork() == 0:
        while os.getppid() == own: os.sched_yield()
        opens("-grandchild")
    os._exit(0)
os.wait()
sys.exit(3)
"""


def opened_by_family(tmp_path, option: str) -> tuple[int, dict[str, set[int]]]:
    name = str(tmp_path / "missing")
    done = subprocess.run([SONDE, "opensnoop", "--json", option, sys.executable, "-c", FAMILY, name],
                          capture_output=True, timeout=PATIENCE)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    by_name: dict[str, set[int]] = {}
    for row in rows:
        if row.get("path", "").startswith(name):
            by_name.setdefault(row["path"].removeprefix(name), set()).add(row["pid"])
    return done.returncode, by_name


def test_children_of_a_command_are_followed(tmp_path):
    status, seen = opened_by_family(tmp_path, "--exec")
    assert status == 3 and set(seen) == {"-command", "-child", "-grandchild"}
    assert len(set.union(*seen.values())) == 3


def test_or_the_command_alone(tmp_path):
    status, seen = opened_by_family(tmp_path, "--exec-only")
    assert status == 3 and set(seen) == {"-command"}


def test_other_processes_are_not_followed(tmp_path, running):
    mark = tmp_path / "mark"
    run = running("opensnoop", "--json", "--exec", "sh", "-c", f"while ! test -e {mark}; do sleep 0.05; done")
    subprocess.run(["cat", "/proc/version"], check=True, stdout=subprocess.DEVNULL)
    mark.touch()
    rows = [json.loads(line) for line in run.output().splitlines()]
    assert rows and not [row for row in rows if row["path"] == "/proc/version"]


@pytest.mark.parametrize("command, status", [
    (["true"], 0), (["sh", "-c", "exit 42"], 42), (["sh", "-c", "kill -KILL $$"], 137),
    (["/no/such/command"], 127), (["no-such-command"], 127), (["/etc/passwd"], 126)])
def test_the_exit_status_is_the_commands(command, status):
    done = subprocess.run([SONDE, "syscount", "--exec", *command], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == status, done.stderr
    if status in (126, 127):
        assert done.stdout == "" and f"syscount: error: cannot run {command[0]}: " in done.stderr


def test_a_command_that_outlives_the_run_has_no_status():
    done = subprocess.run([SONDE, "syscount", "-d", "0.2", "--exec", "sleep", "3"], capture_output=True, text=True,
                          timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


def test_a_command_ends_with_the_tool_that_is_told_to_end(tmp_path, running):
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    run = running("opensnoop", "--json", "--exec", "sh", "-c",
                  f"trap 'touch {ended}; exit 5' TERM; echo $$ > {begun}; while :; do sleep 0.01; done")
    wait_until(lambda: begun.exists() and begun.read_text(), run.errors)
    run.end(signal.SIGINT)  # to the tool alone; and the tool's status is its own
    assert ended.exists() and not os.path.exists(f"/proc/{int(begun.read_text())}")


# --- a tool of one's own ----------------------------------------------------------------------------------------------

OWN = """#include "tool.h"
TOOL("Trace calls of getppid.");
OPTION(u32, least, 'l', "least", "what is added to the number") = 7;
LIST_OPTION(u32, several, 's', "several", "numbers");
INTRO("Tracing, {least} added");
struct row { pid_t pid COLUMN("PID", -7); u64 number COLUMN("NUMBER", 6); };
ROWS(rows, struct row);
ON_TRACEPOINT(syscalls, sys_enter_getppid, struct trace_event_raw_sys_enter) {
  static u64 calls;
  if (!is_wanted()) return 0;
  struct row *row = new_row(rows);
  if (!row) return 0;
  fill_task(row, pid);
  row->number = least + __sync_fetch_and_add(&calls, 1);
  send_row(rows, row);
  return 0;
}
"""
CALLS = 23


@pytest.fixture
def own_tool(tmp_path):
    (tmp_path / "calls.c").write_text(OWN)
    return tmp_path / "calls.c"


@pytest.mark.parametrize("words", [("-v", "FILE"), ("FILE", "-v"), ("--verbose", "FILE"), ("FILE", "--verbose")])
def test_v_says_what_is_attached_as_for_a_program(own_tool, words):
    words = [own_tool if word == "FILE" else word for word in words]
    done = subprocess.run([SONDE, "run", *words, "-d", "0.1"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert "calls: tracepoint__syscalls__sys_enter_getppid runs at tracepoint:syscalls:sys_enter_getppid" in done.stderr


def test_a_letter_of_the_tools_own_stays_its_own(own_tool):
    own_tool.write_text(OWN.replace("'l', \"least\"", "'v', \"verbose\""))
    done = subprocess.run([SONDE, "run", own_tool, "-v", "9", "--attachments", "-d", "0.1"], capture_output=True,
                          text=True, timeout=PATIENCE)
    assert done.returncode == 0 and "Tracing, 9 added" in done.stdout and " runs at " in done.stderr, done.stderr


@pytest.mark.parametrize("name", ["calls", "opensnoop"])  # and not the ready tool of this name
def test_a_recording_of_it_is_replayed(own_tool, tmp_path, running, name):
    file, recording = own_tool.rename(tmp_path / f"{name}.c"), tmp_path / "recording"
    run = running("run", file, "-l", "100", "-s", "3,4", "-p", os.getpid(), "--record", recording)
    for _ in range(CALLS):
        os.getppid()
    printed = run.end()
    assert printed.splitlines()[0] == b"Tracing, 100 added" and len(printed.splitlines()) == 2 + CALLS

    def replayed(*options):
        return subprocess.run([SONDE, "replay", recording, *options], capture_output=True, check=True,
                              timeout=PATIENCE).stdout

    file.unlink()
    assert replayed() == printed
    assert [json.loads(line)["number"] for line in replayed("--json").splitlines()] == list(range(100, 100 + CALLS))


# --- which processes --------------------------------------------------------------------------------------------------


def test_the_tool_does_not_show_itself(running):
    run = running("opensnoop", "--json")
    os.close(os.open("/proc/version", os.O_RDONLY))
    rows = run.records()
    assert [row for row in rows if row["pid"] == os.getpid() and row["path"] == "/proc/version"]
    assert not [row for row in rows if row["pid"] == run.process.pid]
    run = running("offcputime", "-K", "--json")
    time.sleep(0.5)
    assert not [stack for stack in run.records() if stack.get("pid") == run.process.pid]


def test_unless_it_is_asked_for():
    done = subprocess.run(["sh", "-c", f"exec {SONDE} opensnoop --json -d 0.3 -p $$"], capture_output=True,
                          timeout=PATIENCE)
    assert done.returncode == 0 and done.stdout, done.stderr
    done = subprocess.run(["sh", "-c", f"exec {SONDE} offcputime -K --json -d 0.5 -p $$"], capture_output=True,
                          timeout=PATIENCE)
    assert done.returncode == 0 and b"value" in done.stdout, done.stderr


# --- data -------------------------------------------------------------------------------------------------------------

NAMES = [b"plain", b"tab\there", b"tab\\x09here", b"new\nline", b"quote\"back\\slash", b"comma,", b"\xff\xfe",
         b"\\xff\\xfe", "größe → 😀".encode(), b"\x1b[2J\x7f", b"\xc2\x9b31m", b"half\xc3"]


@pytest.fixture
def rows_of_names(running, tmp_path):
    """opensnoop's output about files with these names."""
    def rows(form: str) -> bytes:
        run = running("opensnoop", form, "-p", os.getpid())
        for name in NAMES:
            with pytest.raises(FileNotFoundError):
                os.open(os.fsencode(tmp_path) + b"/names/" + name, os.O_RDONLY)
        return run.end()
    return rows


def test_names_in_json_are_what_they_were(rows_of_names, tmp_path):
    rows = [json.loads(line) for line in rows_of_names("--json").splitlines()]
    assert all(b not in rows_of_names("--json") for b in (b"\x1b", b"\x7f", b"\xc2\x9b"))
    seen = [bytes.fromhex(row["path_hex"]) if "path_hex" in row else row["path"].encode() for row in rows]
    prefix = os.fsencode(tmp_path) + b"/names/"
    assert [path.removeprefix(prefix) for path in seen if path.startswith(prefix)] == NAMES


def test_names_in_csv_are_what_they_were(rows_of_names, tmp_path):
    text = rows_of_names("--csv").decode(errors="surrogateescape")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    prefix = os.fsencode(tmp_path) + b"/names/"
    seen = [os.fsencode(row["path"]) for row in rows]
    assert [path.removeprefix(prefix) for path in seen if path.startswith(prefix)] == NAMES


def test_text_controls_no_terminal(rows_of_names):
    out = rows_of_names("-x")
    assert b"tab\\x09here" in out and b"\\xff\\xfe" in out
    assert all(byte not in out for byte in (b"\x1b", b"\x7f", b"\xff", b"\t"))


# --- options ----------------------------------------------------------------------------------------------------------

WRONG = [
    ("profile -F 0", "--frequency: 0 is not a whole number between 1 and 1000000"),
    ("profile --frequency=-1", "--frequency: -1 is not a whole number between 1 and 1000000"),
    ("profile -F nan", "--frequency: nan is not a whole number between 1 and 1000000"),
    ("profile -F 99999999999999999999",
     "--frequency: 99999999999999999999 is not a whole number between 1 and 1000000"),
    ("profile -c 0", "--count: 0 is not a whole number between 1 and 9223372036854775807"),
    ("profile -C 4096", "--cpu: 4096 is not a whole number between 0 and "),
    ("profile --stack-storage-size 0", "--stack-storage-size: 0 is not a whole number between 1 and 1048576"),
    ("profile 0", "duration: 0 is not a number of seconds above 0 and up to 1000000000"),
    ("profile -p 0", "--pid: 0 is not the number of a process"),
    ("profile -p 1,0", "--pid: 0 is not the number of a process"),
    ("runqlen -f 0", "--frequency: 0 is not a whole number between 1 and 1000000"),
    ("syscount -T 0", "--top: 0 is not a whole number between 1 and 1000000"),
    ("syscount -e 0", "--errno: 0 is not a whole number between 1 and 4095"),
    ("syscount -i 0", "--interval: 0 is not a whole number between 1 and 1000000000"),
    ("syscount -i 1.5", "--interval: 1.5 is not a whole number between 1 and 1000000000"),
    ("runqlat 0", "interval: 0 is not a whole number between 1 and 1000000000"),
    ("runqlat 1 0", "count: 0 is not a whole number between 1 and 1000000000"),
    ("tcpconnect -P 65536", "--port: 65536 is not a whole number between 1 and 65535"),
    ("tcpconnect -P 80,0", "--port: 0 is not a whole number between 1 and 65535"),
    ("killsnoop -s 99", "--signal: 99 is not a whole number between 0 and 64"),
    ("offcputime -m 20 -M 10", "--min-block-time 20 is more than --max-block-time 10"),
    ("opensnoop -d nan", "--duration: nan is not a number of seconds above 0 and up to 1000000000"),
    ("opensnoop -d 1e300", "--duration: 1e300 is not a number of seconds above 0 and up to 1000000000"),
    ("opensnoop -p 0", "--pid: 0 is not the number of a process"),
    ("opensnoop -p 4194305", "--pid: there is no process 4194305"),
    ("opensnoop -t 4194305", "--tid: there is no thread 4194305"),
    ("opensnoop --json --csv", "--csv and --json exclude each other"),
    ("opensnoop --csv --json", "--csv and --json exclude each other"),
    ("opensnoop --cgroup a --unit b", "--cgroup, --container and --unit exclude each other"),
    ("opensnoop -p 1 --exec true", "either a command, or a process or thread that runs already"),
    ("profile -p 1 --exec true", "either a command, or a process or thread that runs already"),
    ("opensnoop --exec", "--exec wants a command after it"),
]


@pytest.mark.parametrize("line, error", WRONG, ids=[line for line, _ in WRONG])
def test_values_that_make_no_sense_are_refused(line, error):
    done = subprocess.run([SONDE, *line.split()], capture_output=True, text=True, timeout=PATIENCE)
    tool = line.split()[0]
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(f"{tool}: error: {error}") and "\nhint: " in done.stderr


def test_an_empty_filter_is_refused():
    done = subprocess.run([SONDE, "opensnoop", "-u", ""], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and done.stderr.startswith("opensnoop: error: --uid: it is empty\nhint: ")


@pytest.mark.parametrize("tool", ["opensnoop", "profile", "offcputime"])
def test_a_thread_is_no_process(tool):
    told, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (told.set(), done.wait()))
    thread.start()
    told.wait()
    try:
        refused = subprocess.run([SONDE, tool, "-p", str(thread.native_id)], capture_output=True, text=True,
                                 timeout=PATIENCE)
    finally:
        done.set()
        thread.join()
    assert refused.returncode == 2
    assert f"--pid: {thread.native_id} is a thread of process {os.getpid()} (" in refused.stderr
    assert f"\nhint: give {os.getpid()} for the whole process" in refused.stderr
