"""Small things that scripts import from bcc.utils: printing bytes, command line strings, the list of CPUs."""
import os
import sys

FILESYSTEMENCODING = sys.getfilesystemencoding()


def _read_cpu_range(path):
    cpus = []
    with open(path) as file:
        text = file.read().strip()
    for part in text.split(","):
        first, _, last = part.partition("-")
        cpus.extend(range(int(first), int(last or first) + 1))
    return cpus


def get_online_cpus():
    return _read_cpu_range("/sys/devices/system/cpu/online")


def get_possible_cpus():
    return _read_cpu_range("/sys/devices/system/cpu/possible")


def _assert_is_bytes(arg):
    """bytes as they are, None too; str in the file system's encoding; whatever else knows its bytes."""
    if arg is None or isinstance(arg, bytes):
        return arg
    return os.fsencode(arg) if isinstance(arg, str) else bytes(arg)


def text_of(arg):
    """The same as str, for messages and names."""
    return os.fsdecode(arg) if isinstance(arg, (str, bytes)) else str(arg)


def printb(s, file=None, nl=1):
    """Writes bytes as they are, whatever the encoding of the terminal, and a newline unless nl is 0."""
    file = file or sys.stdout
    buffer = getattr(file, "buffer", file)
    file.flush()
    buffer.write(s)
    if nl:
        buffer.write(b"\n")
    file.flush()


class ArgString:
    """A command line argument that is both: bytes(a) for the kernel, str(a) for people."""

    def __init__(self, arg):
        self.s = arg

    def __bytes__(self):
        return os.fsencode(self.s)

    def __str__(self):
        return self.s


def warn_with_traceback(message, category, filename, lineno, file=None, line=None):
    import traceback
    import warnings
    log = file if hasattr(file, "write") else sys.stderr
    traceback.print_stack(file=log)
    log.write(warnings.formatwarning(message, category, filename, lineno, line))


def detect_language(candidates, pid):
    """Which of `candidates` a process runs: by its executable's name, then by the libraries that it has mapped."""
    from . import language
    return language.detect(candidates, pid)


def __getattr__(name):
    if name == "StrcmpRewrite":
        from .strcmp import StrcmpRewrite
        return StrcmpRewrite
    raise AttributeError("module 'bcc.utils' has no attribute %r" % name)
