"""Programs with probes, and programs that count what those give: what the tests of USDT share."""
import ctypes
import os
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent / "usdt"
READ_FAILED = -0x5eed
MS_REC, MS_PRIVATE, CLONE_NEWNS = 16384, 1 << 18, 0x20000

KINDS = ["pie", "no-pie", "static-pie", "static", "unoptimized", "stripped"]
if "SONDE_IN_GUEST" in os.environ:  # a slow place, where only the kernel is another
    KINDS = ["pie", "no-pie"]
FLAGS = {
    "pie": ["-O2", "-pie"], "no-pie": ["-O1", "-no-pie"],
    "static-pie": ["-O2", "-static-pie"], "static": ["-O2", "-static"],
    "unoptimized": ["-O0"], "stripped": ["-O2", "-s"],
    "with-part": ["-O2", "-DWITH_PART", "-Wl,-rpath,$ORIGIN", "-lpart"],
}


def build(folder, kind):
    """The program target.c of one kind."""
    path = folder / kind
    if kind == "with-part":
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", folder / "libpart.so", SOURCES / "part.c"], check=True)
    flags = FLAGS[kind]
    subprocess.run(["gcc", "-o", path, SOURCES / "target.c", "-pthread", "-L", folder, *flags], check=True)
    return path


def mount_privately(path, at):
    """For a child before exec: a tmpfs of its own at `at`, with a copy of the file."""
    libc = ctypes.CDLL(None, use_errno=True)
    content = Path(path).read_bytes()
    for call in (lambda: libc.unshare(CLONE_NEWNS), lambda: libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None),
                 lambda: libc.mount(b"none", os.fsencode(at), b"tmpfs", 0, None)):
        if call() != 0:
            raise OSError(ctypes.get_errno(), "mount namespace")
    copy = Path(at) / "target"
    copy.write_bytes(content)
    copy.chmod(0o755)


class Child:
    """A program that does what each line on its standard input says, and says "done N" after it."""

    def __init__(self, command, prepare=None):
        self._process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, preexec_fn=prepare)

    @property
    def pid(self):
        return self._process.pid

    def hit(self, what, times):
        """N: of a target.c, how many of the hits a semaphore let through."""
        self._process.stdin.write("%s %d\n" % (what, times))
        self._process.stdin.flush()
        word, taken = self._process.stdout.readline().split()
        assert word == "done"
        return int(taken)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Target(Child):
    """A running target.c."""

    def __init__(self, path, mounted_at=None):
        if mounted_at:
            super().__init__([Path(mounted_at) / "target"], lambda: mount_privately(path, mounted_at))
        else:
            super().__init__([path])
        self.hit("nothing", 1)


def reader(function, arguments):
    """A C program that counts how often it sees which arguments; their number, or which ones."""
    numbers = range(1, arguments + 1) if isinstance(arguments, int) else arguments
    reads = "".join("    if (bpf_usdt_readarg(%d, ctx, &seen.a[%d])) seen.a[%d] = %d;\n" % (n, i, i, READ_FAILED)
                    for i, n in enumerate(numbers))
    return """
struct %(f)s_t { s64 a[%(count)d]; };
BPF_HASH(seen_%(f)s, struct %(f)s_t, u64);
int %(f)s(struct pt_regs *ctx) {
    struct %(f)s_t seen = {};
%(reads)s    seen_%(f)s.increment(seen);
    return 0;
}
""" % {"f": function, "count": max(len(numbers), 1), "reads": reads}


def seen(b, function):
    """{arguments: how often} of a program made by reader(); `function` may be the number that `trace` gave it."""
    name = function if isinstance(function, str) else "on_%d" % function
    return {tuple(key.a): value.value for key, value in b["seen_" + name].items()}


@pytest.fixture(scope="session", params=KINDS)
def any_file(request, tmp_path_factory):
    return build(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="session")
def plain_file(tmp_path_factory):
    return build(tmp_path_factory.mktemp("plain"), "pie")


@pytest.fixture
def start():
    """start(path) runs a target and gives it."""
    running = []

    def make(path, **options):
        running.append(Target(path, **options))
        return running[-1]
    yield make
    for each in running:
        each.close()
