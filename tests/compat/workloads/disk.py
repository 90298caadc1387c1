"""Block devices: 40 direct reads of 4 KB of the scratch disk; an array of one disk that is flushed."""

import mmap
import os
import subprocess
import sys

import turn

BLOCK = 4096


def reads():
    """Every other block, so that no two can be merged."""
    disk = os.open(os.environ["DISK"], os.O_RDONLY | os.O_DIRECT)
    buffer = mmap.mmap(-1, BLOCK)
    for number in range(40):
        os.preadv(disk, [buffer], number * 8 * BLOCK)
    os.close(disk)


def flushes_md():
    with open("/dev/md/compat", "r+b", buffering=0) as array:
        for _ in range(3):
            array.write(bytes(BLOCK))
            os.fsync(array.fileno())


def make_array():
    with open("array.image", "wb") as image:
        image.truncate(64 << 20)
    loop = subprocess.run(["losetup", "-f", "--show", "array.image"], capture_output=True, text=True,
                          check=True).stdout.strip()
    subprocess.run([os.environ["COMPAT_BUILT"] + "/packages/sbin/mdadm", "--create", "/dev/md/compat", "--run",
                    "--level=1", "--force", "--raid-devices=1", loop], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if sys.argv[1] == "flushes_md":
    make_array()
turn.take_by_name(globals())
