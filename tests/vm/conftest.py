"""Tests in this folder load modules, mount, and trace everything: they run in a guest only."""

import ctypes
import os
import subprocess
import zlib
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent / "tools"


def pytest_addoption(parser):
    parser.addoption("--share", default="1/1", metavar="I/N",
                     help="of the tests for which one guest is enough, the I-th of N shares; default 1/1, all of them")


def pytest_collection_modifyitems(config, items):
    if "SONDE_IN_GUEST" not in os.environ:
        raise pytest.UsageError("tests/vm runs in a guest: tests/vm/run -- python3 -m pytest tests/vm")
    share, shares = map(int, config.getoption("--share").split("/"))
    others = [item for item in items if one_guest_is_enough(item) and zlib.crc32(share_key(item)) % shares != share - 1]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def one_guest_is_enough(item) -> bool:
    """A tool's tests run in one guest unless marked every_guest: test_every_tool.py counts its events in each."""
    if item.get_closest_marker("every_guest"):
        return False
    return item.get_closest_marker("one_guest") is not None or TOOLS in item.path.parents


def share_key(item) -> bytes:
    """Tests of a tool stay together, for they share what they set up."""
    return (item.path.name if TOOLS in item.path.parents else item.nodeid.split("/")[-1]).encode()


@pytest.fixture(scope="session")
def scratch_disk() -> str:
    """An empty disk; every test that uses it makes its own file system on it."""
    return os.environ["SONDE_SCRATCH_DISK"]


@pytest.fixture
def cgroup():
    """A descriptor of a cgroup of the test's own, in which the test is while it runs; loopback is up."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    root = Path(next(place for _, place, kind, *_ in mounts if kind == "cgroup2"))
    own = root / "sonde-test"
    own.mkdir()
    (own / "cgroup.procs").write_text(str(os.getpid()))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    fd = os.open(own, os.O_RDONLY | os.O_DIRECTORY)
    yield fd
    os.close(fd)
    (root / "cgroup.procs").write_text(str(os.getpid()))
    own.rmdir()


@pytest.fixture
def pins(tmp_path):
    """A BPF file system of the test's own."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = tmp_path / "bpf"
    place.mkdir()
    if libc.mount(b"bpf", str(place).encode(), b"bpf", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "cannot mount a BPF file system")
    yield place
    assert libc.umount2(str(place).encode(), 2) == 0  # MNT_DETACH
