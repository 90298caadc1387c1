"""A network namespace of a test's own: its devices go with it."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def into(namespace: int) -> None:
    answered(libc.setns(namespace, CLONE_NEWNET))


def answered(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class OwnNetwork:
    """While it is open, this thread is inside, and so is what it starts. There is loopback."""

    def __enter__(self):
        self._outside = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        answered(libc.unshare(CLONE_NEWNET))
        ip("link set lo up")
        return self

    def __exit__(self, *exception):
        into(self._outside)
        os.close(self._outside)
