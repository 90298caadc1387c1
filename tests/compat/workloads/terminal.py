"""Terminals: a bash that is typed three commands, and a terminal that is written to."""

import os
import pty
import sys
import time

import turn


def bash():
    """The readline that waits now began before anyone watched: an empty line ends it."""
    os.write(shell, b"\n" + b"".join(b"echo compat-%d\n" % number for number in range(3)))
    until(b"compat-2\r\n")


def until(words: bytes) -> None:
    said = b""
    while words not in said:
        said += os.read(shell, 1000)


def writes():
    for _ in range(3):
        # write() has been handed on otherwise since Linux 6.0.
        os.writev(shown, [b"compat-tty-hello\n", b"and so on\n"])
        time.sleep(0.1)


if sys.argv[1] == "bash":
    child, shell = pty.fork()
    if child == 0:
        os.execv("/bin/bash", ["bash", "--norc", "-i"])
    until(b"# ")
    turn.take(bash)
else:
    _, shown = pty.openpty()
    turn.take(writes, tty=os.ttyname(shown))
