"""What workloads need and a guest would take long to make: compiled programs, an empty PostgreSQL database."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from compat.load import WORKLOADS

JAVAC = "/usr/lib/jvm/java-17-openjdk-amd64/bin/javac"
INITDB = "/usr/lib/postgresql/15/bin/initdb"


def ready(folder: Path) -> Path:
    """Makes what is missing or old."""
    compiled(folder)
    if not (folder / "packages").exists():
        unpack("mdadm", folder / "packages")
    if os.path.exists(JAVAC):
        make(folder / "Target.class", WORKLOADS / "Target.java", [JAVAC, "-d", folder, WORKLOADS / "Target.java"])
    if os.path.exists(INITDB) and not (folder / "postgres").exists():
        make_database(folder / "postgres")
    return folder


def compiled(folder: Path) -> Path:
    """What the quick scripts need."""
    folder.mkdir(parents=True, exist_ok=True)
    make(folder / "deadlock", WORKLOADS / "deadlock.c",
         ["gcc", "-O1", "-o", folder / "deadlock", WORKLOADS / "deadlock.c"])
    return folder


def make(target: Path, source: Path, command: list) -> None:
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(command, check=True)


def unpack(package: str, folder: Path) -> None:
    """A package's files without its installation: mdadm's would bring udev."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["apt-get", "download", "-q", package], cwd=scratch, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        subprocess.run(["dpkg", "-x", next(Path(scratch).glob("*.deb")), folder], check=True)


def make_database(target: Path) -> None:
    """initdb refuses root, and user postgres may not see the build."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        scratch = Path(made)
        shutil.chown(scratch, "postgres", "postgres")
        subprocess.run(["runuser", "-u", "postgres", "--", INITDB, "-D", scratch / "data", "-A", "trust", "--no-sync",
                        "-E", "UTF8",
                        "--locale", "C"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        shutil.copytree(scratch / "data", target)
