"""mountsnoop: mounts and unmounts as strace writes them."""

import ctypes
import os

import pytest
from fits_schema import fits_one

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

libc = ctypes.CDLL(None, use_errno=True)
MS_NODEV_NOSUID = 4 | 2


def mount_all(place):
    assert libc.mount(b"none", place, b"tmpfs", MS_NODEV_NOSUID, b"size=64k") == 0
    assert libc.umount2(place, 2) == 0
    assert libc.mount(b"none", place + b"/absent", None, 4096, None) == -1


def expected(place):
    name = place.decode()
    return [f'mount("none", "{name}", "tmpfs", MS_NOSUID|MS_NODEV, "size=64k") = 0',
            f'umount("{name}", MNT_DETACH) = 0',
            f'mount("none", "{name}/absent", NULL, MS_BIND, NULL) = -ENOENT']


def test_rows(tool, tmp_path):
    place = os.fsencode(tmp_path)
    running = tool("mountsnoop", "-p", os.getpid())
    mount_all(place)
    lines = running.finish()
    assert lines[0] == "COMM             PID     TID     MNT_NS      CALL"
    namespace = os.readlink("/proc/self/ns/mnt")[5:-1]
    assert [line[17:].split(None, 3)[:3] for line in lines[1:]] == [[str(os.getpid()), str(os.getpid()), namespace]] * 3
    assert [line[45:] for line in lines[1:]] == expected(place)


def test_parent_and_json(tool, tmp_path, schema_of):
    place = os.fsencode(tmp_path)
    text, json, others = tool("mountsnoop", "-P"), tool("mountsnoop", "-P", "--json"), tool("mountsnoop", "-p", 1)
    mount_all(place)
    assert text.finish()[0] == "COMM             PID     TID     PCOMM            PPID    MNT_NS      CALL"
    records = [each for each in json.records() if each["pid"] == os.getpid()]
    assert [each["call"] for each in records] == expected(place)
    assert {each["ppid"] for each in records} == {os.getppid()}
    assert all(fits_one(each, schema_of("mountsnoop")) for each in records)
    assert len(others.finish()) == 1
