"""Every ready tool on this machine's own kernel: it attaches and ends well, or says what the kernel lacks."""

import errno
import json
import os
import signal
import subprocess
import time

import pytest
from kernel_features import kernel_has
from places import BUILD, REPOSITORY

TOOLS = sorted(path.stem for path in REPOSITORY.glob("tools/*/*.c"))
# These trace functions that no tracepoint stands for.
OF_FUNCTIONS = {"cachestat", "ext4dist", "ext4slower", "fileslower", "filetop", "vfsstat"}


ARGUMENTS = {"funccount": ["c:getpid"]}


@pytest.mark.parametrize("tool", TOOLS)
def test_attaches_and_ends(tool):
    done = subprocess.run([BUILD / "bin/sonde", tool, "--attachments", "--duration", "0.1", *ARGUMENTS.get(tool, [])],
                          capture_output=True, text=True, timeout=60)
    if tool in OF_FUNCTIONS and not kernel_has("kprobe"):
        assert done.returncode == 1 and "has no kprobes" in done.stderr
        return
    if tool == "llcstat" and not kernel_has("hardware_counters"):
        assert done.returncode == 1 and "does not count" in done.stderr
        return
    assert done.returncode == 0 and " runs at " in done.stderr, done.stderr


def test_without_kprobes_and_trampolines_it_counts_as_well(tmp_path):
    """What the guests do by fentry and kprobes: 23 opens are 23 rows, and sleeps are summed."""
    opens = ["sonde", "opensnoop", "--json", "--attachments", "-p", str(os.getpid())]
    sleeps = ["sonde", "offcputime", "--json", "-K", "--attachments", "-p", str(os.getpid())]
    running = []
    for command in (opens, sleeps):
        error = open(tmp_path / command[1], "w+")
        process = subprocess.Popen([BUILD / "bin" / command[0], *command[1:]], stdout=subprocess.PIPE, stderr=error,
                                   text=True)
        running.append((process, error.name))
    end = time.monotonic() + 30
    while not all(" runs at " in open(name).read() for _, name in running) and time.monotonic() < end:
        time.sleep(0.05)
    missing = tmp_path / "missing"
    for _ in range(23):
        assert not missing.exists() and not os.access(missing, os.R_OK)
        with pytest.raises(FileNotFoundError):
            open(missing)
        time.sleep(0.01)
    rows, stacks = (end_of(process) for process, _ in running)
    mine = [row for row in rows if row.get("path") == str(missing)]
    assert len(mine) == 23 and {row["err"] for row in mine} == {errno.ENOENT}
    slept = [stack for stack in stacks if any("nanosleep" in frame for frame in stack.get("kernel", []))]
    assert sum(stack["value"] for stack in slept) >= 230_000


def end_of(process: subprocess.Popen) -> list[dict]:
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]
