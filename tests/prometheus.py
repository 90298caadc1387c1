"""Debian's Prometheus and promtool, unpacked into the cache of the guests' kernels: its package would start a
service."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "vm"))
from bed import kernels  # noqa: E402
from bed.archive import Archive  # noqa: E402


def program(name: str) -> Path:
    """The path of prometheus or promtool."""
    tree = kernels.cache_dir() / "prometheus"
    with kernels.cache_lock():
        if not tree.exists():
            kernels.unpack(["prometheus"], tree, Archive(None, kernels.cache_dir()))
    return tree / "usr/bin" / name


def complaints(metrics: str) -> str:
    """What `promtool check metrics` has to say of a page; empty: nothing."""
    done = subprocess.run([program("promtool"), "check", "metrics"], input=metrics, capture_output=True, text=True,
                          env=os.environ | {"HOME": "/"})
    return done.stdout + done.stderr if done.returncode else ""
