"""`scripts/package deb` makes a Debian package: installed by apt into another root it works at once, and purging it
leaves nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from elsewhere import run
from places import BUILD, REPOSITORY

# This machine's root, of which a private copy is written to. The repository is not seen in it.
ENTER = """
mount -t tmpfs root "$ROOT"
mkdir "$ROOT/upper" "$ROOT/work" "$ROOT/merged"
mount -t overlay -o "lowerdir=/,upperdir=$ROOT/upper,workdir=$ROOT/work" root "$ROOT/merged"
for each in proc sys dev; do mount --rbind "/$each" "$ROOT/merged/$each"; done
mountpoint -q "$ROOT/merged/sys/kernel/tracing" || mount -t tracefs tracefs "$ROOT/merged/sys/kernel/tracing"
mkdir -p "$ROOT/merged/packages" && cp "$DEB" "$ROOT/merged/packages/"
mount -t tmpfs -o size=4k hidden "$ROOT/merged/$REPOSITORY"
chroot "$ROOT/merged" sh -ec "$1"
find "$ROOT/upper" -type f -printf 'written /%P\n'
"""
INSTALL = "cd /packages && apt-get install -qq -y ./sonde_*.deb > /dev/null 2>&1"
# Debian's own files, which every package changes.
WRITTEN_BY_DEBIAN = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/", "/var/log/", "/etc/ld.so.cache",
                     "/usr/share/info/dir", "/packages/", "/tmp/", "/run/")


@pytest.fixture(scope="module")
def deb(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    said = run(REPOSITORY / "scripts/package", "deb", "--dist", folder, env=os.environ | {"SONDE_BUILD": str(BUILD)})
    (made,) = folder.iterdir()
    assert said.startswith(f"{made}: ") and made.name.startswith("sonde_")
    return made


def in_another_root(deb: Path, tmp_path: Path, script: str) -> str:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive",
                   "ROOT": str(tmp_path), "DEB": str(deb), "REPOSITORY": str(REPOSITORY)}
    return run("unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh", script,
               env=environment, cwd="/")


def test_it_works_as_soon_as_it_is_installed(deb, tmp_path):
    said = in_another_root(deb, tmp_path, INSTALL + """
opensnoop --version
/usr/bin/python3 -c 'import bcc; print(bcc.__file__)'
printf 'BPF_HASH(calls); TRACEPOINT_PROBE(raw_syscalls, sys_enter) { calls.increment(1); return 0; }' > /tmp/one.c
sonde run /tmp/one.c -d 0.2 | grep calls
test -e /usr/share/man/man8/opensnoop.8
dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' bpfcc-tools
""").splitlines()
    said = [line for line in said if not line.startswith("written ")]
    assert said[1] == "/usr/lib/python3/dist-packages/bcc/__init__.py"
    assert any("calls" in line for line in said)
    assert said[-1] == "ii bpfcc-tools"  # it stays, and its scripts run with this package


def test_purging_leaves_nothing(deb, tmp_path):
    said = in_another_root(deb, tmp_path, INSTALL + """
printf 'BPF_HASH(calls); TRACEPOINT_PROBE(raw_syscalls, sys_enter) { calls.increment(1); return 0; }' > /tmp/one.c
sonde run /tmp/one.c -d 0.1 > /dev/null && test -d /var/cache/sonde && rm /tmp/one.c
apt-get purge -qq -y sonde > /dev/null 2>&1
test ! -e /var/cache/sonde && ! command -v opensnoop > /dev/null
""").splitlines()
    written = [line.removeprefix("written ") for line in said if line.startswith("written ")]
    left = [path for path in written if not path.startswith(WRITTEN_BY_DEBIAN)]
    assert len(written) > len(left)
    assert left == []


def test_a_mistake_is_one_line_and_a_hint(tmp_path):
    for arguments, says in ((["rpm"], "unknown kind of package rpm"), (["deb", "x"], "unknown argument x")):
        done = subprocess.run([REPOSITORY / "scripts/package", *arguments], capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr == f"package: {says}\npackage: hint: scripts/package -h\n"
