"""oomkill: a process that is killed for want of memory is a line."""

import os
import pathlib
import subprocess
import sys

from fits_schema import fits_one

GREEDY = "import mmap\nm = mmap.mmap(-1, 256 << 20)\nfor at in range(0, 256 << 20, 4096): m[at] = 1"


def be_killed(cgroup) -> int:
    """In a cgroup with too little memory."""
    root = pathlib.Path("/sys/fs/cgroup")
    (root / "cgroup.subtree_control").write_text("+memory")
    place = root / "greedy"
    place.mkdir()
    try:
        (place / "memory.max").write_text(str(32 << 20))
        child = subprocess.Popen([sys.executable, "-c", GREEDY],
                                 preexec_fn=lambda: (place / "cgroup.procs").write_text(str(os.getpid())))
        assert child.wait() == -9
        return child.pid
    finally:
        place.rmdir()


def test_line(tool, cgroup, schema_of):
    text, json = tool("oomkill"), tool("oomkill", "--json")
    pid = be_killed(cgroup)
    lines, records = text.finish(), json.records()
    assert lines[0] == "Tracing OOM kills... Ctrl-C to stop."
    (line,) = [each for each in lines if "Triggered by PID" in each]
    assert f', OOM kill of PID {pid} ("' in line and " pages, loadavg: " in line
    assert any(each.startswith("        oom_kill_process+0x") for each in lines)
    (record,) = records
    assert record["victim"] == pid and record["pages"] == (32 << 20) // 4096
    assert fits_one(record, schema_of("oomkill"))
