"""System calls that Python's library does not offer, or would turn into others."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

STAT, SHMGET, SHMAT, SHMCTL, SHMDT, BPF = 4, 29, 30, 31, 67, 321


def call(number: int, *arguments) -> int:
    """What the kernel answered; -1 is an answer, too."""
    return libc.syscall(ctypes.c_long(number), *arguments)


def mount(source: str, target: str, kind: str) -> None:
    if libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(0), None) != 0:
        raise OSError(ctypes.get_errno(), f"mounting {kind} on {target}")


def unmount(target: str) -> None:
    if libc.umount2(target.encode(), 0) != 0:
        raise OSError(ctypes.get_errno(), f"unmounting {target}")
