"""Runs a command that waits at the starting line until the tracer is ready."""
import os
import signal
import sys

_pipe = None
_exited = 0


def _on_child(signum, frame):
    global _exited
    _exited = 1


def run_cmd(args):
    """Forks; the child becomes `args` once cmd_ready() is called. Gives its pid."""
    global _pipe, _exited
    _exited = 0
    reader, writer = os.pipe()
    signal.signal(signal.SIGCHLD, _on_child)
    pid = os.fork()
    if pid:
        os.close(reader)
        _pipe = writer
        return pid
    os.close(writer)
    # An empty read: the tracer died before it was ready, and the command is not run.
    if not os.read(reader, 1):
        os._exit(1)
    os.close(reader)
    try:
        os.execvp(args[0], args)
    except OSError as error:
        sys.stderr.write("%s: %s\n" % (args[0], error.strerror))
    os._exit(127)


def cmd_ready():
    os.write(_pipe, b"\n")
    os.close(_pipe)


def cmd_exited():
    return _exited
