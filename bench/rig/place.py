"""The place to measure in: both sides installed, tracefs mounted, kernel headers where bpfcc looks for them.

All of it happens in a mount namespace of our own, so that the machine stays as it is.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("SONDE_BUILD", REPOSITORY / "build")).absolute()
# Another build of sonde, as one more peer, which is called "old": before a change, or of an earlier version.
OLD_BUILD = Path(os.environ["SONDE_OLD_BUILD"]).absolute() if "SONDE_OLD_BUILD" in os.environ else None
PYTHON = "/usr/bin/python3"  # the one that Debian's bpfcc is made for
LENT_HEADERS_OF = "6.12"  # for a kernel that Debian has no headers for

INSIDE = "SONDE_BENCH_INSIDE"
PACKAGES = {"bpftrace": "/usr/bin/bpftrace", "bpfcc-tools": "/usr/sbin/opensnoop-bpfcc",
            "python3-bpfcc": "/usr/lib/python3/dist-packages/bcc/__init__.py"}


def enter(headers_of: str = LENT_HEADERS_OF) -> None:
    """Returns in a namespace of our own, where everything is ready; elsewhere it starts this program again in one.

    headers_of: the kernel whose headers bpfcc gets where this one has none.
    """
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        sys.exit("bench: only root may load BPF programs\nhint: sudo " + sys.argv[0])
    install_what_is_missing()
    lent = "" if own_headers() else lent_headers(headers_of)
    os.environ[INSIDE] = "1"
    mounts = f'set -e; {MOUNT_TRACEFS} {mount_headers(lent) if lent else ""} exec "$@"'
    command = ["unshare", "--mount", "bash", "-c", mounts, "bench", sys.executable, *sys.argv]
    os.execvp(command[0], command)


MOUNT_TRACEFS = """
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
ulimit -l unlimited 2> /dev/null || true
"""


def mount_headers(tree: str) -> str:
    modules = f"/lib/modules/{platform.release()}"
    return f"""
    mkdir -p /usr/src /lib/modules
    mount --bind {tree}/usr/src /usr/src
    mount -t tmpfs headers /lib/modules
    cp -a {tree}/lib/modules/* {modules}
    """


def own_headers() -> bool:
    return Path(f"/lib/modules/{platform.release()}/build/include").exists()


def lent_headers(of: str) -> str:
    """Good enough for a program that reads no kernel types; a guest has the headers of its own kernel."""
    if "SONDE_IN_GUEST" in os.environ:
        sys.exit("bench: bpfcc needs kernel headers, and this guest has none\nhint: tests/vm/run --headers -- …")
    sys.path.insert(0, str(REPOSITORY / "tests/vm"))
    from bed import kernels
    kernel = kernels.ready(of)
    print(f"bench: bpfcc compiles against headers of {kernel.release}: there are none of {platform.release()} here",
          flush=True)
    return str(kernels.headers(kernel))


def install_what_is_missing() -> None:
    missing = [name for name, file in PACKAGES.items() if not Path(file).exists()]
    built = all((BUILD / each).exists() for each in ("bin/sonde", "bin/sonde-cc", "python/bcc/__init__.py"))
    if missing:
        print(f"bench: installing what sonde is measured against: {' '.join(missing)}", flush=True)
    if missing or not built:
        subprocess.run([str(REPOSITORY / "scripts/setup"), "--bench"], check=True)
    if not shutil.which("unshare"):
        sys.exit("bench: unshare is missing\nhint: apt-get install util-linux")


def peers(*others: str) -> list[str]:
    """These, and the old build if there is one."""
    return [*others, "old"] if OLD_BUILD else list(others)


def build_of(side: str) -> Path:
    return OLD_BUILD if side == "old" else BUILD


def environment(side: str, cache: str = "") -> dict[str, str]:
    """For a Python script: `ours`, `old` or a peer. Without a cache directory sonde compiles each time."""
    common = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")}
    if side not in ("ours", "old"):
        return common
    return common | {"PYTHONPATH": str(build_of(side) / "python")} | (
        {"SONDE_CACHE_DIR": cache} if cache else {"SONDE_CACHE": "off"})
