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

LIST = Path(__file__).resolve().parent.parent / "kernels.txt"


@dataclass(frozen=True)
class Kernel:
    """One unpacked kernel: boot/, lib/modules/ and the uncompressed vmlinux, all below `tree`."""

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


def listed() -> dict[str, str]:
    """Short name -> package pattern, in the order of kernels.txt."""
    rows = (line.split() for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {name: pattern for name, pattern in rows}


def ready(name: str | None) -> Kernel:
    """The kernel of that short name (or release, or the first one listed), fetched if it is not in the cache."""
    names = listed()
    name = name or next(iter(names))
    pattern = names.get(name) or re.escape(f"linux-image-{name}")
    with cache_lock():
        release = cached_release(pattern) or fetch_image(newest_package(name, pattern))
    return Kernel(name, release, images_dir() / release)


def headers(kernel: Kernel) -> Path:
    """The kernel's headers, unpacked into a tree of their own: usr/src, usr/lib/linux-kbuild-*, lib/modules/*/build."""
    tree = cache_dir() / "headers" / kernel.release
    with cache_lock():
        if not tree.exists():
            package = f"linux-headers-{kernel.release}"
            unpack([package, *header_dependencies(package)], tree)
    return tree


def images_dir() -> Path:
    return cache_dir() / "kernels"


def cached_release(pattern: str) -> str | None:
    found = [p.name for p in images_dir().glob("*") if re.fullmatch(pattern, f"linux-image-{p.name}")]
    return max(found, key=version_key, default=None)


def newest_package(name: str, pattern: str) -> str:
    found = output_of("apt-cache", "search", "--names-only", f"^{pattern}$").splitlines()
    packages = [line.split()[0] for line in found]
    if not packages:
        known = ", ".join(listed())
        raise BedError(f"apt offers no package for kernel '{name}' (pattern {pattern})\n"
                       f"kernels in {LIST.name}: {known}; `apt-get update` if apt's lists are old or empty")
    return max(packages, key=version_key)


def version_key(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def header_dependencies(package: str) -> list[str]:
    depends = re.findall(r"Depends: (\S+)", output_of("apt-cache", "depends", package))
    return [name for name in depends if re.match(r"linux-headers-.*-common|linux-kbuild-", name)]


def fetch_image(package: str) -> str:
    release = package.removeprefix("linux-image-")
    with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
        tree = Path(scratch) / "tree"
        unpack([package], tree)
        subprocess.run(["/sbin/depmod", "-b", tree, release], check=True)
        (tree / "vmlinux").write_bytes(uncompressed((tree / f"boot/vmlinuz-{release}").read_bytes()))
        images_dir().mkdir(exist_ok=True)
        tree.rename(images_dir() / release)
    return release


def unpack(packages: list[str], tree: Path) -> None:
    """Downloads packages and unpacks them into `tree`, which appears only when it is complete."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
        print(f"vm: fetching {' '.join(packages)}", file=sys.stderr, flush=True)
        download(packages, scratch)
        unpacked = Path(scratch) / "tree"
        for deb in sorted(Path(scratch).glob("*.deb")):
            subprocess.run(["dpkg", "-x", deb, unpacked], check=True)
        unpacked.chmod(0o755)
        unpacked.rename(tree)


def download(packages: list[str], folder: str) -> None:
    """apt's lists may be older than the archive, which keeps only the newest packages: refresh them once if it says
    no."""
    command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3", "download", *packages]
    for attempt in range(2):
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode == 0:
            return
        if attempt == 0 and os.geteuid() == 0:
            subprocess.run(["apt-get", "-q", "update"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    why = done.stdout.strip().splitlines()[-1:] or ["no reason given"]
    raise BedError(f"cannot download {' '.join(packages)}: {why[0]}\n"
                   f"if the archive no longer has this version, remove it from {cache_dir()} and a newer one is fetched")


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


def output_of(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
