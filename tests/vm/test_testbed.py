"""The guest is the machine that the other tests take it for."""

import os
import platform
import signal
import subprocess
from pathlib import Path

import pytest

from kernel_features import kernel_has


def run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


@pytest.mark.parametrize("kind, folder", [
    ("tracefs", "/sys/kernel/tracing"), ("debugfs", "/sys/kernel/debug"), ("bpf", "/sys/fs/bpf"),
    ("cgroup2", "/sys/fs/cgroup"), ("securityfs", "/sys/kernel/security"), ("devpts", "/dev/pts"),
    ("tmpfs", "/dev/shm"), ("tmpfs", "/run"), ("overlay", "/")])
def test_mounted(kind, folder):
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    assert [folder, kind] in mounts


def test_kernel_is_the_one_asked_for():
    assert platform.release().startswith(os.environ["SONDE_KERNEL"] + ".")


def test_two_processors():
    assert os.cpu_count() == 2


def test_own_host_name():
    assert platform.node().startswith("guest-")


def test_headers_are_hidden():
    assert not Path("/lib/modules", platform.release(), "build").exists()
    assert not os.listdir("/usr/src")
    assert os.listdir("/lib/modules") == [platform.release()]


def test_kernel_addresses_are_shown():
    assert Path("/proc/sys/kernel/kptr_restrict").read_text() == "0\n"
    with open("/proc/kallsyms") as symbols:
        assert any(int(line.split()[0], 16) for line in symbols)


def test_modprobe_loads_and_unloads():
    run("modprobe", "dummy")
    assert Path("/sys/module/dummy").exists()
    run("modprobe", "-r", "dummy")
    assert not Path("/sys/module/dummy").exists()


def test_scratch_disk_takes_a_file_system(scratch_disk, tmp_path):
    run("mkfs.ext4", "-q", "-F", scratch_disk)
    run("mount", scratch_disk, str(tmp_path))
    try:
        (tmp_path / "file").write_bytes(b"x" * (1 << 20))
        run("sync")
        assert os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize > 200 << 20
    finally:
        run("umount", str(tmp_path))


def test_loopback_answers():
    run("busybox", "ping", "-c", "1", "-W", "10", "127.0.0.1")


def test_namespaces_joined_by_veth():
    run("ip", "netns", "add", "bed")
    try:
        run("ip", "link", "add", "bed0", "type", "veth", "peer", "name", "bed1", "netns", "bed")
        run("ip", "addr", "add", "10.9.8.1/24", "dev", "bed0")
        run("ip", "link", "set", "bed0", "up")
        run("ip", "-n", "bed", "addr", "add", "10.9.8.2/24", "dev", "bed1")
        run("ip", "-n", "bed", "link", "set", "bed1", "up")
        run("busybox", "ping", "-c", "1", "-W", "10", "10.9.8.2")
    finally:
        run("ip", "netns", "del", "bed")


def test_files_of_the_host_can_be_changed_here():
    target = Path("/etc/hostname-of-the-test-bed")
    target.write_text("guest\n")
    assert target.read_text() == "guest\n"


def test_cgroups_can_be_made():
    group = Path("/sys/fs/cgroup/bed")
    group.mkdir()
    try:
        child = subprocess.Popen(["sleep", "60"])
        (group / "cgroup.procs").write_text(str(child.pid))
        assert (group / "cgroup.procs").read_text().split() == [str(child.pid)]
    finally:
        child.kill()
        child.wait()
        group.rmdir()


def test_ctrl_c_reaches_a_program():
    """A shell that starts its children with SIGINT ignored would make every such test hang."""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_clock_is_the_tsc():
    assert Path("/sys/devices/system/clocksource/clocksource0/current_clocksource").read_text() == "tsc\n"


def test_a_kprobe_counts():
    events = Path("/sys/kernel/tracing/kprobe_events")
    enable = Path("/sys/kernel/tracing/events/kprobes/bed/enable")
    events.write_text("p:bed vfs_read")
    try:
        enable.write_text("1")
        Path("/proc/version").read_text()
        name, hits, _ = Path("/sys/kernel/tracing/kprobe_profile").read_text().split()
        assert name == "bed" and int(hits) > 0
    finally:
        enable.write_text("0")
        events.write_text("")


def test_probes_see_what_both_kernels_have():
    """A probe that is wrong would excuse every test that needs its feature."""
    known = ["fentry", "btf", "uprobe", "kprobe", "lsm", "tracepoint:sched:sched_switch", "function:vfs_read",
             "module:veth", "kernel:6.1"]
    assert [feature for feature in known if not kernel_has(feature)] == []


@pytest.mark.parametrize("feature", ["kprobe_multi", "uprobe_multi", "kernel:6.12"])
def test_probes_see_what_only_6_12_has(feature):
    assert kernel_has(feature) == (os.environ["SONDE_KERNEL"] != "6.1")
