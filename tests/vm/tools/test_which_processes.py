"""Filters that all tools have: here with opensnoop."""

import os
import subprocess
import sys

import pytest
from bcc import BPF
from places import BUILD

TIMES = 23
OPENS = f"import os\nfor _ in range({TIMES}): os.close(os.open('/proc/version', os.O_RDONLY))"


def of_file(records: list[dict]) -> int:
    return sum(each["path"] == "/proc/version" for each in records)


@pytest.fixture
def pinned(tmp_path):
    """pinned(kind, number): a set with this number in it, pinned, as BCC's tools want it."""
    subprocess.run("mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf", shell=True, check=True)
    kept, paths = [], []

    def pin(number: int | None, value: str = "u64") -> str:
        path = f"/sys/fs/bpf/sonde-set-{len(paths)}"
        paths.append(path)
        kept.append(BPF(text=f'BPF_TABLE_PINNED("hash", u64, {value}, numbers, 1024, "{path}");'))
        table = kept[-1]["numbers"]
        if number is not None:
            table[table.Key(number)] = table.Leaf(0)
        return path
    yield pin
    for path in paths:
        os.unlink(path)


def test_a_command_from_its_begin_to_its_end(tool):
    running = tool("opensnoop", "--json", "--exec", sys.executable, "-c", OPENS)
    assert running.process.wait(60) == 0
    records = running.records()
    assert of_file(records) == TIMES and len({each["pid"] for each in records}) == 1


def test_a_command_that_does_not_exist(tool):
    done = subprocess.run([BUILD / "bin/sonde", "opensnoop", "--exec", "/no/such/command"], capture_output=True,
                          text=True)
    assert "cannot run /no/such/command" in done.stderr
    done = subprocess.run([BUILD / "bin/sonde", "opensnoop", "--exec"], capture_output=True, text=True)
    assert done.returncode == 2 and "wants a command" in done.stderr


def test_cgroups_of_a_pinned_map(tool, pinned):
    ours = os.stat(f"/sys/fs/cgroup{open('/proc/self/cgroup').read().strip().rsplit(':', 1)[1]}").st_ino
    wanted, other = (tool("opensnoop", "--json", "--cgroupmap", pinned(number)) for number in (ours, None))
    subprocess.run([sys.executable, "-c", OPENS], check=True)
    assert of_file(wanted.records()) == TIMES and other.records() == []


def test_mount_namespaces_of_a_pinned_map(tool, pinned):
    ours = os.stat("/proc/self/ns/mnt").st_ino
    wanted, other = (tool("opensnoop", "--json", "--mntnsmap", pinned(number, "u32")) for number in (ours, None))
    subprocess.run([sys.executable, "-c", OPENS], check=True)
    assert of_file(wanted.records()) == TIMES and other.records() == []


def test_what_is_no_set_of_numbers(tmp_path):
    def error_of(path) -> str:
        return subprocess.run([BUILD / "bin/sonde", "opensnoop", "--cgroupmap", path], capture_output=True,
                              text=True).stderr
    assert "no BPF map pinned" in error_of(tmp_path / "nothing")
    path = "/sys/fs/bpf/sonde-array"
    kept = BPF(text=f'BPF_TABLE_PINNED("array", int, u64, numbers, 2, "{path}");')
    assert "no hash table with keys of 8 bytes" in error_of(path)
    os.unlink(path)
    del kept
