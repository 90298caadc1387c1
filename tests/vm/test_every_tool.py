"""Every ready tool on this guest's kernel, a few at once: each attaches, shows what one small load did, and ends well
on Ctrl-C.

A tool that a kernel cannot run is a row of tools_that_refuse.txt: it says so in one line, and the kernel confirms it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from kernel_features import kernel_has
from places import BUILD, REPOSITORY
from refusals import refusals
from small_load import BYTES, COMM, TIMES

PATIENCE_S = 240
AT_ONCE = 9
SOURCES = {path.stem: path for path in sorted(REPOSITORY.glob("tools/*/*.c"))}
# One report, at the end, of every row: a report of the largest twenty, each second, leaves out the load's small files
# where a kernel is fast enough to do the whole load within that second.
WHOLE = ["3600"]
ARGUMENTS = {"fileslower": ["0"], "ext4slower": ["0"], "runqslower": ["0"], "memleak": ["--older", "0"],
             "vfsstat": WHOLE, "filetop": ["-r", "1000", *WHOLE], "biotop": ["-r", "1000", *WHOLE],
             "funccount": ["vfs_mkdir"]}
COMMS = {"bashreadline": "bash"}


def count(**wanted):
    """How many rows have these values; text is a part of the row's."""
    def is_wanted(row):
        return all(value in row.get(field, "") if isinstance(value, str) else row.get(field) == value
                   for field, value in wanted.items())
    return lambda rows: sum(map(is_wanted, rows))


def total(field):
    return lambda rows: sum(row.get(field, 0) for row in rows)


def in_buckets(section=""):
    return lambda rows: sum(bucket["count"] for row in rows if section in str(row.get("section", ""))
                            for bucket in row["buckets"])


def least(*counts):
    """The smallest of several counts."""
    return lambda rows: min(each(rows) for each in counts)


# What of the load each tool has to show, at least TIMES; none: the load makes nothing that it shows.
SHOWS = {
    "bashreadline": count(command=": typed"),
    "biolatency": in_buckets(),
    "biosnoop": count(comm=COMM, kind="R", bytes=BYTES),
    "biotop": lambda rows: total("count")([row for row in rows if row["comm"] == COMM and row["kind"] == "R"]),
    "bitesize": in_buckets(COMM),
    "cachestat": total("dirties"),
    "capable": count(comm=COMM, name="CAP_SYS_CHROOT"),
    "cpudist": in_buckets(),
    "drsnoop": None,
    "execsnoop": lambda rows: sum(row["comm"] == COMM and row["args"][0].endswith("true/small-load") for row in rows),
    "exitsnoop": count(comm=COMM, code=f"code {TIMES}"),
    "ext4dist": least(in_buckets("read"), in_buckets("write"), in_buckets("open"), in_buckets("fsync")),
    "ext4slower": least(count(kind="R", name="file-"), count(kind="W", name="file-"), count(kind="S", name="file-")),
    "fileslower": least(count(kind="R", name="file-"), count(kind="W", name="file-", bytes=100)),
    "filetop": lambda rows: total("writes")([row for row in rows if row["name"].startswith("file-")]),
    "funccount": total("count"),
    "gethostlatency": count(comm=COMM, host="localhost"),
    "hardirqs": lambda rows: TIMES * any(row["total_usecs"] > 0 for row in rows),
    "killsnoop": count(comm=COMM, sig=signal.SIGCONT),
    "llcstat": None,
    "memleak": lambda rows: TIMES * any(row["bytes"] > 0 for row in rows),
    "mountsnoop": least(count(comm=COMM, call='mount("none", '), count(comm=COMM, call="umount(")),
    "offcputime": lambda rows: TIMES * any("nanosleep" in frame for row in rows for frame in row.get("kernel", [])),
    "oomkill": None,
    "opensnoop": count(comm=COMM, path="/missing", err=2),
    "profile": lambda rows: TIMES * any(row["comm"] == COMM for row in rows),
    "runqlat": in_buckets(),
    "runqlen": in_buckets(),
    "runqslower": count(comm=COMM),
    "shmsnoop": least(*(count(comm=COMM, call=call) for call in ("SHMGET", "SHMAT", "SHMDT", "SHMCTL"))),
    "softirqs": lambda rows: TIMES * any(row["total_usecs"] > 0 for row in rows),
    "statsnoop": count(comm=COMM, path="/missing", err=2),
    "syncsnoop": count(comm=COMM, call="sync"),
    "syscount": lambda rows: total("count")([row for row in rows if row["syscall"] in ("openat", "read", "write")]),
    "tcpaccept": least(count(comm=COMM, ip=4, raddr="127.0.0.1"), count(comm=COMM, ip=6, raddr="::1")),
    "tcpconnect": least(count(comm=COMM, ip=4, daddr="127.0.0.1"), count(comm=COMM, ip=6, daddr="::1")),
    "tcplife": least(count(comm=COMM, laddr="127.0.0.1", tx=102), count(comm=COMM, laddr="::1", rx=101)),
    "tcpretrans": None,
    "tcpstates": least(count(oldstate="CLOSE", newstate="SYN_SENT", raddr="127.0.0.1"),
                       count(newstate="SYN_SENT", raddr="::1")),
    "threadsnoop": count(comm=COMM),
    "vfsstat": least(*map(total, ("reads", "writes", "fsyncs", "opens", "creates", "unlinks", "mkdirs", "rmdirs"))),
    "wakeuptime": lambda rows: TIMES * any(row["value"] > 0 for row in rows),
}


@dataclass
class Run:
    process: subprocess.Popen
    out: Path
    err: Path

    def said(self) -> str:
        return self.err.read_text()

    def is_attached(self) -> bool:
        return " runs at " in self.said()

    def rows(self) -> list[dict]:
        return [json.loads(line) for line in self.out.read_text().splitlines()]

    def complaints(self) -> list[str]:
        return [line for line in self.said().splitlines() if " runs at " not in line]


def knows_processes(tool: str) -> bool:
    help_text = subprocess.run([BUILD / "bin/sonde", tool, "-h"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return "--comm" in help_text


def start(tool: str, folder: Path) -> Run:
    """Only the load is traced, where the tool knows processes: tools that showed each other would never end doing
    so."""
    of_load = ["--comm", COMMS.get(tool, COMM)] if knows_processes(tool) else []
    run = Run(None, folder / f"{tool}.out", folder / f"{tool}.err")
    with open(run.out, "w") as out, open(run.err, "w") as err:
        command = [BUILD / "bin/sonde", tool, "--json", "--attachments", *of_load, *ARGUMENTS.get(tool, [])]
        run.process = subprocess.Popen(command, stdout=out, stderr=err)
    return run


def wait_until(condition, what) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"not in {PATIENCE_S} s: {what()}"
        time.sleep(0.1)


def around_load(tools: list[str], folder: Path, disk: Path, device: str) -> dict[str, Run]:
    """These tools, ended, after they have seen the load."""
    running = {tool: start(tool, folder) for tool in tools}
    try:
        wait_until(lambda: all(run.is_attached() or run.process.poll() is not None for run in running.values()),
                   lambda: [tool for tool, run in running.items() if not run.is_attached()])
        place = disk / tools[0]
        place.mkdir()
        subprocess.run([sys.executable, Path(__file__).with_name("small_load.py"), place, device], check=True)
        for run in running.values():
            run.process.send_signal(signal.SIGINT)
        for run in running.values():
            run.process.wait(PATIENCE_S)
    finally:
        for run in running.values():
            run.process.kill()
            run.process.wait()
    return running


@pytest.fixture(scope="module")
def runs(tmp_path_factory, scratch_disk):
    """All tools, by name. A few at once: many slow each other down, and the load with each that is attached."""
    folder, disk = tmp_path_factory.mktemp("tools"), tmp_path_factory.mktemp("disk")
    subprocess.run(["mkfs.ext4", "-q", "-F", scratch_disk], check=True)
    subprocess.run(["mount", "-t", "ext4", scratch_disk, disk], check=True)  # its functions are a module's
    tools, done = list(SOURCES), {}
    for first in range(0, len(tools), AT_ONCE):
        done |= around_load(tools[first:first + AT_ONCE], folder, disk, scratch_disk)
    subprocess.run(["umount", disk], check=True)
    return done


def test_every_tool_has_its_line():
    assert set(SHOWS) == set(SOURCES)


@pytest.mark.timeout(900)  # of which the first test has all the work
@pytest.mark.parametrize("tool", SOURCES)
def test_tool(tool, runs):
    run = runs[tool]
    refusal = refusals().get(tool)
    if refusal and not refusal.is_of_machine:
        assert refusal.concerns(os.environ["SONDE_KERNEL"]) != kernel_has(refusal.feature)
    if refusal and not kernel_has(refusal.feature):
        assert run.process.returncode == 1 and not run.rows()
        assert re.fullmatch(rf"{tool}: error: {re.escape(refusal.says)}.*\n(hint: .*\n)?", run.said())
        return
    assert run.process.returncode == 0 and run.is_attached(), run.said()
    assert run.complaints() == []
    if SHOWS[tool]:
        assert SHOWS[tool](run.rows()) >= TIMES, "\n".join(map(str, run.rows()[:40]))
