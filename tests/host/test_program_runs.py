"""`sonde run PROGRAM.c`, a program that declares nothing, in every output of the tools: exact counts of real events on
this machine's own kernel."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import time
import urllib.request

import pytest
from fits_schema import fits_one
from places import BUILD

SONDE = str(BUILD / "bin/sonde")
PATIENCE = 60  # seconds
CALLS = 23
PROBE = "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
ROWS = """
struct at { u16 x; u16 y; };
struct call { u32 pid; char comm[16]; struct at at; u32 low:4; u32 high:4; };
BPF_RINGBUF_OUTPUT(calls, 8);
""" + PROBE + """
    struct call call = {.pid = PID, .at = {args->pid, 7}, .low = 5, .high = 9};
    bpf_get_current_comm(&call.comm, sizeof(call.comm));
    calls.ringbuf_output(&call, sizeof(call), 0);
    return 0;
}
"""
ALL = """
struct call { u32 pid; };
BPF_RINGBUF_OUTPUT(calls, 8);
BPF_PERF_OUTPUT(others);
BPF_HASH(counts, u32);
BPF_ARRAY(sums, u64, 4);
BPF_PERCPU_ARRAY(by_cpu, u64, 4);
BPF_HISTOGRAM(sizes);
""" + PROBE + """
    struct call call = {PID};
    u32 pid = PID;
    int two = 2;
    calls.ringbuf_output(&call, sizeof(call), 0);
    others.perf_submit(args, &call, sizeof(call));
    counts.increment(pid);
    by_cpu.increment(two);
    sums.increment(two);
    sizes.increment(bpf_log2l(args->pid));
    bpf_trace_printk("called");
    return 0;
}
"""
TRACES = PROBE + '    bpf_trace_printk("called");\n    return 0;\n}\n'
COUNTS = "BPF_HASH(counts, u32);\n" + PROBE + "    u32 pid = PID;\n    counts.increment(pid);\n    return 0;\n}\n"


def wait_until(condition, what=""):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        time.sleep(0.01)


class RunningProgram:
    """`sonde run PROGRAM.c WORDS` for this process's calls, attached."""

    def __init__(self, folder, text: str, *words: str, before: tuple[str, ...] = ()):
        folder.mkdir()
        (folder / "calls.c").write_text(text)
        self.out, self.err = folder / "out", folder / "err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            command = [SONDE, "run", "-v", *before, folder / "calls.c", "-D", f"PID={os.getpid()}", *words]
            self.process = subprocess.Popen(command, stdout=out, stderr=err)
        wait_until(lambda: "running; Ctrl-C ends it" in self.errors() or self.process.poll() is not None)
        assert self.process.poll() is None, self.errors()

    def errors(self) -> str:
        return self.err.read_text()

    def output(self) -> str:
        return self.out.read_text()

    def complaints(self) -> list[str]:
        """What it said beside what -v asks for."""
        return [line for line in self.errors().splitlines()
                if not re.search(" runs at |running; Ctrl-C|calls[.]c|metrics are at", line)]

    def end(self) -> str:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0, self.errors()
        return self.output()

    def records(self) -> list[dict]:
        return [json.loads(line) for line in self.end().splitlines()]


@pytest.fixture
def run(tmp_path):
    started = []

    def start(text: str, *words: str, **options) -> RunningProgram:
        started.append(RunningProgram(tmp_path / f"program-{len(started)}", text, *words, **options))
        return started[-1]
    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def call(times: int = CALLS) -> None:
    for _ in range(times):
        os.getpgid(os.getpid())


def schemas(folder, text: str) -> list[dict]:
    (folder / "schema.c").write_text(text)
    words = [SONDE, "run", folder / "schema.c", "-D", f"PID={os.getpid()}", "--schema"]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["anyOf"]


def test_events_as_json(run, tmp_path):
    program = run(ROWS, "--json")
    call()
    records = program.records()
    at = {"at.x": os.getpid() % 2**16, "at.y": 7}
    expected = {"pid": os.getpid(), "comm": records[0]["comm"]} | at | {"low": 5, "high": 9}
    assert records == [expected] * CALLS
    assert list(records[0]) == list(expected)
    assert all(fits_one(record, schemas(tmp_path, ROWS)) for record in records)
    assert program.complaints() == []


def test_events_as_csv(run):
    program = run(ROWS, before=("--csv",))
    call()
    rows = list(csv.DictReader(io.StringIO(program.end())))
    assert [(row["pid"], row["at.y"], row["high"]) for row in rows] == [(str(os.getpid()), "7", "9")] * CALLS


def test_events_as_text(run):
    program = run(ROWS)
    call()
    lines = program.end().splitlines()
    assert lines[0].split() == ["pid", "comm", "at.x", "at.y", "low", "high"]
    assert len(lines) == 1 + CALLS and all(line.split()[-3:] == ["7", "5", "9"] for line in lines[1:])


def of_map(records: list[dict], name: str) -> list[dict]:
    return [record for record in records if record.get("map") == name]


def check_all(records: list[dict]) -> None:
    pid = os.getpid()
    for name in "calls", "others":
        assert of_map(records, name) == [{"map": name, "pid": pid}] * CALLS
    for name, key in ("counts", pid), ("by_cpu", 2), ("sums", 2):
        assert of_map(records, name) == [{"map": name, "key": key, "value": CALLS}]
    lines = of_map(records, "trace_pipe")
    assert len(lines) == CALLS and all(line["trace"].endswith("bpf_trace_printk: called") for line in lines)
    histogram, = of_map(records, "sizes")
    low = 1 << (pid.bit_length() - 1)
    assert histogram["buckets"] == [{"low": low, "high": 2 * low - 1, "count": CALLS}] and histogram["count"] == CALLS
    every = {"calls", "others", "counts", "by_cpu", "sums", "trace_pipe", "sizes"}
    assert {record["map"] for record in records} == every


def test_everything_at_once_as_json_and_again_from_a_recording(run, tmp_path):
    program = run(ALL, "--json", "--record", str(tmp_path / "calls.rec"))
    call()
    records = program.records()
    assert program.complaints() == []
    check_all(records)
    kinds = schemas(tmp_path, ALL)
    assert all(fits_one(record, kinds) for record in records)
    replay = [SONDE, "replay", str(tmp_path / "calls.rec")]
    again = subprocess.run([*replay, "--json"], capture_output=True, text=True, check=True)
    assert again.stdout == program.output() and again.stderr == ""
    text = subprocess.run(replay, capture_output=True, text=True, check=True).stdout
    assert f"\ncounts:\n  {os.getpid()} -> {CALLS}\n" in text and "\nsums:\n  2 -> 23\n" in text
    assert len(re.findall(rf"^calls +{os.getpid()}$", text, re.M)) == CALLS
    assert len(re.findall(rf"^others +{os.getpid()}$", text, re.M)) == CALLS
    assert re.search(rf"-> {2 * (1 << (os.getpid().bit_length() - 1)) - 1} +: 23 +\|\*+\|", text)


def test_reports_in_between(run):
    """-i: the entries stay, histograms are of what came since."""
    program = run(ALL.replace('bpf_trace_printk("called");', ""), "--json", "-i", "1")
    call()
    wait_until(lambda: len(of_map([json.loads(line) for line in program.output().splitlines()], "counts")) >= 2)
    call(2)
    records = program.records()
    counts = [record["value"] for record in of_map(records, "counts")]
    assert counts[-1] == CALLS + 2 and sorted(counts) == counts
    assert sum(record["count"] for record in of_map(records, "sizes")) == CALLS + 2


def page_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as page:
        return page.read().decode()


def test_metrics(run):
    program = run(ALL.replace('bpf_trace_printk("called");', ""), "--metrics", "0", "-i", "1")
    url = re.search(r"http://\S+", program.errors())[0]
    call()
    wanted = ["^sonde_calls_calls_total 23$", rf'^sonde_calls_counts{{key="{os.getpid()}"}} 23$',
              "^sonde_calls_sizes_count 23$"]
    wait_until(lambda: all(re.search(each, page_of(url), re.M) for each in wanted), page_of(url))
    assert "sonde_calls_sizes_sum" not in page_of(url)  # nobody knows it
    assert program.end() == ""


def test_a_buffer_that_is_too_small_loses_events_by_number(run):
    """Of a ring buffer that nobody reads meanwhile."""
    program = run(ROWS.replace("BPF_RINGBUF_OUTPUT(calls, 8)", "BPF_RINGBUF_OUTPUT(calls, 1)"), "--json")
    program.process.send_signal(signal.SIGSTOP)
    call(500)
    program.process.send_signal(signal.SIGCONT)
    records = program.records()
    lost = [record["lost"] for record in records if "lost" in record]
    assert {each["what"] for each in lost} == {"events of calls were lost"}
    count = sum(each["count"] for each in lost)
    assert 0 < count and len(records) - len(lost) + count == 500
    why = "they came faster than they were read"
    assert program.complaints() == [f"sonde: warning: {count} events of calls were lost; {why}"]


def test_two_programs_at_once(run):
    first, second = run(COUNTS, "--json"), run(ROWS, "--json")
    call()
    assert first.records() == [{"key": os.getpid(), "value": CALLS}]
    assert len(second.records()) == CALLS


def test_a_map_that_others_use_keeps_its_entries(run, tmp_path):
    """A pinned one: what was counted by one run is there for the next."""
    place = tmp_path / "bpf"
    place.mkdir()
    subprocess.run(["mount", "-t", "bpf", "bpf", place], check=True)
    table = f'BPF_TABLE_PINNED("hash", u32, u64, counts, 64, "{place}/counts");'
    pinned = COUNTS.replace("BPF_HASH(counts, u32);", table)
    try:
        for total in CALLS, 2 * CALLS:
            program = run(pinned, "--json")
            call()
            assert program.records() == [{"key": os.getpid(), "value": total}]
    finally:
        subprocess.run(["umount", place], check=True)


def test_trace_lines_that_its_own_output_causes_do_not_keep_it_from_ending(tmp_path):
    """Each line that is written makes the next one; what -v says is the first."""
    probe = 'TRACEPOINT_PROBE(syscalls, sys_enter_write) { bpf_trace_printk("wrote"); return 0; }\n'
    (tmp_path / "echo.c").write_text(probe)
    with open(tmp_path / "out", "wb") as out:
        words = [SONDE, "run", "-v", "echo.c", "-d", "0.5"]
        done = subprocess.run(words, cwd=tmp_path, stdout=out, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert b"wrote" in (tmp_path / "out").read_bytes()


def said(folder, *words: str) -> subprocess.CompletedProcess:
    (folder / "counts.c").write_text(COUNTS.replace("PID", "1"))
    return subprocess.run([SONDE, *words], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("words", [("run", "-h"), ("run", "counts.c", "-h")])
def test_help_has_the_options_of_outputs(words, tmp_path):
    text = said(tmp_path, *words).stdout
    of_outputs = ("--json", "--csv", "--schema", "--metrics", "--journal", "--record", "--heatmap")
    for option in (*of_outputs, "--interval", "--duration", "--verbose", "--btf", "--no-cache"):
        assert option in text, option


@pytest.mark.parametrize("words, error", [
    (("counts.c", "--json", "--csv"), "--csv and --json exclude each other"),
    (("--json", "counts.c", "--csv"), "--csv and --json exclude each other"),
    (("counts.c", "--pid", "1"), "not expected"),
    (("counts.c", "-d", "0"), "--duration: 0 is not a number of seconds"),
    (("-d", "0", "counts.c"), "--duration: 0 is not a number of seconds"),
    (("counts.c", "-i", "x"), "--interval: x is not"),
])
def test_wrong_options_are_said_before_anything_is_compiled(words, error, tmp_path):
    done = said(tmp_path, "run", *words)
    assert done.returncode == 2 and error in done.stderr and "hint: sonde run -h says how it is used" in done.stderr
    assert done.stderr.startswith("sonde: error: ")


def test_a_heat_map_wants_a_histogram(tmp_path):
    done = said(tmp_path, "run", "counts.c", "--heatmap", "map.svg")
    error = "sonde: error: --heatmap: the program has no histogram\nhint: "
    assert done.returncode == 1 and done.stderr.startswith(error)


def test_options_before_the_file_of_a_tool_are_the_tools(tmp_path):
    assert subprocess.run([SONDE, "new", "slow"], cwd=tmp_path, capture_output=True).returncode == 0
    done = said(tmp_path, "run", "--csv", "-d", "0.2", "-v", "slow.c", "1")
    assert done.returncode == 0 and done.stdout.startswith("pid,comm,bytes,latency\n") and " runs at " in done.stderr
