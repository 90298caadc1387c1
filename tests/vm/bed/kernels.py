"""Debian kernels by short name: found in apt, unpacked once into a cache, never installed."""

import fcntl
import lzma
import os
import re
import struct
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bed import BedError
from bed.archive import Archive

LIST = Path(__file__).resolve().parent.parent / "kernels.txt"


@dataclass(frozen=True)
class Kernel:
    """One unpacked kernel: lib/modules/ and the uncompressed vmlinux, both below `tree`."""

    name: str
    release: str
    tree: Path

    @property
    def vmlinux(self) -> Path:
        return self.tree / "vmlinux"

    @property
    def modules(self) -> Path:
        return self.tree / "lib/modules" / self.release


def cache_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(os.environ.get("SONDE_BED_CACHE") or Path(base) / "sonde-bed").absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def cache_lock():
    """Two runs at once must not both fetch the same kernel."""
    with open(cache_dir() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Source:
    """A row of kernels.txt: which package, of which suite (None: the machine's own), and which tests run under it."""

    pattern: str
    suite: str | None = None
    tests: str = "all"

    @property
    def archive(self) -> Archive:
        return Archive(self.suite, cache_dir())


def listed() -> dict[str, Source]:
    """Short name -> where the kernel comes from, in the order of kernels.txt."""
    rows = (line.split() for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {name: Source(*columns, tests=tests) for name, tests, *columns in rows}


def ready(name: str | None) -> Kernel:
    """The kernel of that short name (or release, or the first one listed), fetched if it is not in the cache."""
    name = name or next(iter(listed()))
    source = source_of(name)
    with cache_lock():
        release = cached_release(source.pattern) or fetch_image(newest_package(name, source), source.archive)
    return Kernel(name, release, images_dir() / release)


def source_of(name: str) -> Source:
    return listed().get(name) or Source(re.escape(f"linux-image-{name}"))


def headers(kernel: Kernel) -> Path:
    """The kernel's headers, unpacked into a tree of their own: usr/src, usr/lib/linux-kbuild-*, lib/modules/*/build."""
    tree = cache_dir() / "headers" / kernel.release
    with cache_lock():
        if not tree.exists():
            archive = source_of(kernel.name).archive
            package = f"linux-headers-{kernel.release}"
            unpack([package, *archive.dependencies(package, r"linux-headers-.*-common|linux-kbuild-")], tree, archive)
    return tree


def images_dir() -> Path:
    return cache_dir() / "kernels"


def cached_release(pattern: str) -> str | None:
    found = [p.name for p in images_dir().glob("*") if re.fullmatch(pattern, f"linux-image-{p.name}")]
    return max(found, key=version_key, default=None)


def newest_package(name: str, source: Source) -> str:
    packages = source.archive.search(source.pattern)
    if not packages:
        known = ", ".join(listed())
        raise BedError(f"apt offers no package for kernel '{name}' (pattern {source.pattern})\n"
                       f"kernels in {LIST.name}: {known}; `apt-get update` if apt's lists are old or empty")
    return max(packages, key=version_key)


def version_key(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def fetch_image(package: str, archive: Archive) -> str:
    release = package.removeprefix("linux-image-")
    with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
        tree = Path(scratch) / "tree"
        # Since Linux 6.19 the image package is empty, and depends on these.
        unpack([package, *archive.dependencies(package, r"linux-(base|binary|modules)-[0-9]")], tree, archive)
        if not (tree / "lib").exists():
            (tree / "lib").symlink_to("usr/lib")
        subprocess.run(["/sbin/depmod", "-b", tree, release], check=True)
        (tree / "vmlinux").write_bytes(uncompressed(image_file(tree, release).read_bytes()))
        images_dir().mkdir(exist_ok=True)
        tree.rename(images_dir() / release)
    return release


def image_file(tree: Path, release: str) -> Path:
    """Beside the modules since Linux 6.19, before that in boot/."""
    before = tree / f"boot/vmlinuz-{release}"
    return before if before.exists() else tree / f"usr/lib/modules/{release}/vmlinuz"


def unpack(packages: list[str], tree: Path, archive: Archive) -> None:
    """Downloads packages and unpacks them into `tree`, which appears only when it is complete."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
        print(f"vm: fetching {' '.join(packages)}", file=sys.stderr, flush=True)
        archive.download(packages, scratch)
        unpacked = Path(scratch) / "tree"
        for deb in sorted(Path(scratch).glob("*.deb")):
            subprocess.run(["dpkg", "-x", deb, unpacked], check=True)
        unpacked.chmod(0o755)
        unpacked.rename(tree)


def uncompressed(bzimage: bytes) -> bytes:
    """The ELF kernel inside a bzImage. QEMU starts it directly, which saves unpacking it under emulation: 3 s of 5 for
    xz."""
    setup_sectors = bzimage[0x1F1] or 4
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = bzimage[start:start + length - 4]  # the last four bytes are the size of the result
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.decompress(payload)
    if payload.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dcq"], input=payload, stdout=subprocess.PIPE, check=True).stdout
    raise BedError(f"the kernel image is compressed in a way that this script does not know ({payload[:6].hex()})")

