"""Files: 23 opens, 9 made and removed, 12 writes and reads of 64 KB, 6 that are not there, 3 mounts, 3 syncs."""

import os
import subprocess
import sys

import turn
from kernel_calls import STAT, call, mount, unmount

CHUNK = bytes(65536)
FOLDER = sys.argv[2] if len(sys.argv) > 2 else os.getcwd()


def opens():
    for number in range(23):
        os.close(os.open(f"{FOLDER}/compat-open-{number}", os.O_CREAT | os.O_RDWR))


def io():
    file = os.open(f"{FOLDER}/compat-io", os.O_CREAT | os.O_RDWR | os.O_TRUNC)
    for _ in range(12):
        os.write(file, CHUNK)
    os.fsync(file)
    os.lseek(file, 0, os.SEEK_SET)
    for _ in range(12):
        os.read(file, len(CHUNK))
    os.close(file)


def deletes():
    for number in range(9):
        os.close(os.open(f"{FOLDER}/compat-file-{number}", os.O_CREAT | os.O_WRONLY))
        os.unlink(f"{FOLDER}/compat-file-{number}")
    os.close(os.open(f"{FOLDER}/compat-old", os.O_CREAT | os.O_WRONLY))
    os.rename(f"{FOLDER}/compat-old", f"{FOLDER}/compat-new")


def missing():
    for number in range(6):
        try:
            os.open(f"{FOLDER}/compat-missing-{number}", os.O_RDONLY)
        except FileNotFoundError:
            pass


def stats():
    for number in range(6):
        call(STAT, f"{FOLDER}/compat-missing-{number}".encode(), bytes(256))


def mounts():
    os.makedirs(f"{FOLDER}/mounted", exist_ok=True)
    for _ in range(3):
        mount("compat", f"{FOLDER}/mounted", "tmpfs")
        unmount(f"{FOLDER}/mounted")


def syncs():
    for _ in range(3):
        os.sync()


def make_file_system(folder: str) -> None:
    """On the disk for ext4; on a file in memory for the others, which want more than the disk has."""
    kind = os.path.basename(folder)
    if os.path.ismount(folder) or kind not in ("ext4", "btrfs", "xfs"):
        return
    os.makedirs(folder, exist_ok=True)
    device = os.environ["DISK"] if kind == "ext4" else folder + ".image"
    if kind != "ext4":
        with open(device, "wb") as image:
            image.truncate(320 << 20)
    subprocess.run([f"mkfs.{kind}", "-q", device], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mount", "-t", kind, *(["-o", "loop"] if kind != "ext4" else []), device, folder], check=True)


make_file_system(FOLDER)
turn.take_by_name(globals())
