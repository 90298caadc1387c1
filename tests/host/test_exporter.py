"""A tool as an exporter: what Debian's Prometheus scrapes of it, with exact counts of real events."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
from places import BUILD
from prometheus import complaints, program

SONDE = BUILD / "bin/sonde"
PATIENCE = 60  # seconds


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        time.sleep(0.05)
    return value


@pytest.fixture
def exporter(tmp_path):
    started = []

    def start(*arguments) -> str:
        """The URL of its page."""
        said = tmp_path / f"said-{len(started)}"
        with open(said, "w") as error:
            started.append(subprocess.Popen([SONDE, *arguments, "--attachments", "--metrics", "0"],
                                            stdout=subprocess.PIPE, stderr=error))
        wait_until(lambda: " runs at " in said.read_text(), f"attached: {said.read_text()}")
        return re.search(r"http://\S+", said.read_text())[0]

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and out == b""


def page_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as page:
        return page.read().decode()


def open_missing(path, count: int) -> None:
    for _ in range(count):
        with pytest.raises(FileNotFoundError):
            open(path)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_23_opens_are_23_in_prometheus(exporter, tmp_path):
    url = exporter("opensnoop", "-x", "-p", str(os.getpid()))
    open_missing(tmp_path / "missing", 23)
    target, port = urllib.parse.urlsplit(url).netloc, free_port()
    (tmp_path / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "sonde", "static_configs": [{"targets": [target]}]}]}))
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen([program("prometheus"), f"--config.file={tmp_path}/prometheus.yml",
                                   f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address=127.0.0.1:{port}"],
                                  stdout=log, stderr=log)

    def value():
        query = urllib.parse.urlencode({"query": 'sum(sonde_opensnoop_events_total{err="2"})'})
        try:
            answer = json.loads(page_of(f"http://127.0.0.1:{port}/api/v1/query?{query}"))
        except OSError:
            return None
        return [float(each["value"][1]) for each in answer["data"]["result"]]

    try:
        assert wait_until(lambda: value() or None, f"a sample: {(tmp_path / 'log').read_text()}") == [23]
    finally:
        server.terminate()
        server.wait(PATIENCE)


def test_a_table_and_a_histogram_while_they_run(exporter):
    syscalls, runqlat = exporter("syscount", "-p", str(os.getpid()), "-i", "1"), exporter("runqlat")
    for _ in range(230):
        os.getppid()
    counted = re.compile(r'^sonde_syscount_count_total\{.*getppid.*\} (\d+)$', re.M)
    assert wait_until(lambda: counted.search(page_of(syscalls)), page_of(syscalls))[1] == "230"
    assert wait_until(lambda: "sonde_runqlat_dist_seconds_count" in page_of(runqlat), "a histogram")
    for page in page_of(syscalls), page_of(runqlat):
        assert not complaints(page)


ENTRIES = """
BPF_HASH(asked, u32, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    u32 key = args->pid;
    u64 one = 1;
    if (bpf_get_current_pid_tgid() >> 32 == OWN_PID) asked.update(&key, &one);
    return 0;
}
TRACEPOINT_PROBE(syscalls, sys_enter_getsid) {
    u32 key = args->pid;
    if (bpf_get_current_pid_tgid() >> 32 == OWN_PID) asked.delete(&key);
    return 0;
}
"""


def test_an_entry_that_has_left_its_map_is_no_gauge(exporter, tmp_path):
    (tmp_path / "entries.c").write_text(ENTRIES.replace("OWN_PID", str(os.getpid())))
    url = exporter("run", tmp_path / "entries.c", "-i", "1")
    one, other = os.getpid(), os.getppid()
    keys = lambda: re.findall(r'^sonde_entries_asked\{key="(\d+)"\} 1$', page_of(url), re.M)
    os.getpgid(one), os.getpgid(other)
    assert wait_until(lambda: len(keys()) == 2 and keys(), "two entries")  == sorted(map(str, (one, other)))
    os.getsid(one)
    wait_until(lambda: keys() == [str(other)], "one entry")
    os.getsid(other)
    wait_until(lambda: not keys(), "none")
    assert not complaints(page_of(url))


@pytest.mark.parametrize("place, said", [("x", "x"), ("70000", "70000"), ("nowhere:1", "nowhere is not an address")])
def test_a_wrong_place_is_named(place, said):
    done = subprocess.run([SONDE, "opensnoop", "--metrics", place], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode in (1, 2) and said in done.stderr and "[ADDRESS:]PORT" in done.stderr, done.stderr
