"""`sonde cc` and `sonde run` on what is no program, or endless, or breaks the compiler: a clear error, and nothing left
behind."""

import os
import subprocess
import time

import pytest
from places import BUILD

SONDE = BUILD / "bin/sonde"
PROGRAM = "int kprobe__vfs_read(struct pt_regs *ctx) { return 0; }\n"
TOO_LATE_S = 20  # for everything but what runs into the compiler's own time limit


class Place:
    """An empty folder to compile in, with a cache and a folder for temporary files of its own."""

    def __init__(self, folder):
        self.folder, self.cache, self.temporary = folder / "work", folder / "cache", folder / "tmp"
        for each in (self.folder, self.cache, self.temporary):
            each.mkdir()

    def write(self, name, content):
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def cc(self, *arguments, **options):
        return self.sonde("cc", "program.c", "-o", "program.o", *arguments, **options)

    def sonde(self, *arguments, limit_s=TOO_LATE_S, **options):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.cache), "TMPDIR": str(self.temporary)}
        self.before = set(self.folder.iterdir())
        start = time.monotonic()
        with subprocess.Popen([SONDE, *arguments], cwd=self.folder, env=environment, text=True, start_new_session=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as process:
            output, errors = process.communicate(timeout=limit_s + 30)
        assert time.monotonic() - start < limit_s
        assert not alive_in_session(process.pid), "a process was left"
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def assert_nothing_left(self):
        assert set(self.folder.iterdir()) == self.before
        assert list(self.temporary.iterdir()) == []
        assert not [each for each in self.cache.rglob("*") if each.is_file() and each.stat().st_size]


def alive_in_session(session: int) -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(pid)) == session:
                found.append(int(pid))
        except ProcessLookupError:
            pass
    return found


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def refused(place, done):
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert len(done.stderr) < 20_000, "the message itself is a flood"
    place.assert_nothing_left()
    return done.stderr.splitlines()


NOT_C = {
    "python": ("from bcc import BPF\nprint('hello')\n", "program.c:1:1: error: unknown type name 'from'"),
    "prose": ("Dear kernel, please trace my disk.\n", "program.c:1:1: error: unknown type name 'Dear'"),
    "half_a_program": ("int program(struct pt_regs *ctx) { return", "program.c:1:42: error: expected expression"),
    "binary": (bytes(range(1, 256)) * 40, "program.c:1:1: error: expected identifier or '('"),
}


@pytest.mark.parametrize("kind", NOT_C)
def test_what_is_not_c(place, kind):
    text, expected = NOT_C[kind]
    place.write("program.c", text)
    assert expected in refused(place, place.cc())


def test_an_object_instead_of_a_source(place):
    place.write("program.c", (BUILD / "bin/sonde").read_bytes()[:5000])
    assert refused(place, place.cc()) == ["sonde: error: program.c:1: a zero byte: this is not C text",
                                          "hint: an object file made by `sonde cc` is opened, not compiled"]


def test_a_missing_source(place):
    assert "program.c: No such file or directory" in refused(place, place.cc())[0]


def test_a_folder_instead_of_a_source(place):
    (place.folder / "program.c").mkdir()
    assert "program.c: Is a directory" in refused(place, place.cc())[0]


def test_a_megabyte_of_comment_and_a_program(place):
    place.write("program.c", ("// " + "x" * 77 + "\n") * 13_000 + PROGRAM)
    done = place.cc()
    assert (done.returncode, done.stderr) == (0, "")
    assert (place.folder / "program.o").exists()


def test_a_megabyte_of_table(place):
    rows = ", ".join(str(i) for i in range(150_000))
    place.write("program.c", f"static const unsigned table[] = {{{rows}}};\n"
                             "int program(struct pt_regs *ctx) { return table[ctx->di & 0xffff]; }\n")
    done = place.cc()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text, expected", [
    ("".join(f"int a{i} = x{i};\n" for i in range(50_000)), "error: these are the first 20 errors; there are more"),
    ("@!$ a b c ) ( } { 1 2 \" \n" * 42_000, "warning: these are the first 50 warnings; there are more"),
    ("int a = " + "(" * 500_000 + "1" + ")" * 500_000 + ";\n",
     "program.c:1:265: fatal error: bracket nesting level exceeded maximum of 256"),
    ("int program(void *ctx) " + "{" * 500_000 + "}" * 500_000,
     "program.c:1:280: fatal error: bracket nesting level exceeded maximum of 256"),
], ids=["mistakes", "garbage", "parentheses", "blocks"])
def test_a_megabyte_that_is_wrong(place, text, expected):
    place.write("program.c", text)
    assert expected in refused(place, place.cc())


def test_more_than_a_source_may_have(place):
    place.write("program.c", "// " + "x" * (17 << 20))
    assert refused(place, place.cc()) == [
        f"sonde: error: program.c has {(17 << 20) + 3} bytes; a program may have {16 << 20}"]


def test_a_file_that_includes_itself(place):
    place.write("program.c", '#include "other.h"\n' + PROGRAM)
    place.write("other.h", '#include "program.c"\n')
    said = refused(place, place.cc())
    assert any(line.endswith("error: #include nested too deeply") for line in said)
    assert sum("In file included from" in line for line in said) < 20


def test_an_include_that_never_ends(place):
    place.write("program.c", '#include "/dev/zero"\n' + PROGRAM)
    assert "program.c:1:10: fatal error: '/dev/zero' file not found" in refused(place, place.cc())


def test_an_include_that_waits(place):
    os.mkfifo(place.folder / "pipe.h")
    place.write("program.c", '#include "pipe.h"\n' + PROGRAM)
    assert "program.c:1:10: fatal error: 'pipe.h' file not found" in refused(place, place.cc())


@pytest.mark.parametrize("command", ["cc", "run"])
def test_a_source_that_crashes_the_compiler(place, command):
    place.write("program.c", "#pragma clang __debug crash\n" + PROGRAM)
    done = place.cc() if command == "cc" else place.sonde("run", "program.c")
    first, second = refused(place, done)
    assert first.startswith("sonde: error: the compiler sonde-cc died of SIG")
    assert second == "hint: this is a fault of sonde-cc, not of your program; please report it with the program's text"


def test_a_source_that_is_too_deep_for_the_compiler(place):
    place.write("program.c", "int program(void *ctx) { return " + "1+" * 400_000 + "1; }\n")
    assert refused(place, place.cc())[0].startswith("sonde: error: the compiler sonde-cc died of SIGSEGV")


@pytest.mark.timeout(150)
def test_a_source_that_compiles_for_ever(place):
    """Two includes of a file of two includes of …, sixty times."""
    for i in range(60):
        place.write(f"part{i}.h", f'#include "part{i + 1}.h"\n' * 2)
    place.write("part60.h", "\n")
    place.write("program.c", '#include "part0.h"\n' + PROGRAM)
    assert refused(place, place.cc(limit_s=90)) == [
        "sonde: error: the compiler did not finish within 30 s",
        "hint: an endless #include or macro keeps it busy for ever; if the program is just large, allow it more "
        "seconds with SONDE_COMPILE_TIMEOUT=SECONDS in the environment (0: no limit), or --compile-timeout of "
        "sonde run and sonde cc"]


# A small disk of its own: a mount that only this command sees.
ON_A_FULL_DISK = """
mount -t tmpfs -o size=64k tmpfs "$1" && shift
dd if=/dev/zero of="$1/filler" bs=4k > /dev/null 2>&1 && exit 9
shift
"$@"; status=$?
find "$XDG_CACHE_HOME" -type f ! -name filler -size +0 > "$LEFT"
exit $status
"""


def test_a_full_disk_under_the_cache(place, tmp_path):
    place.write("program.c", PROGRAM)
    left = tmp_path / "left"
    done = subprocess.run(["unshare", "--mount", "sh", "-c", ON_A_FULL_DISK, "sh", place.cache, place.cache, SONDE,
                           "cc", "program.c", "-o", "program.o"], cwd=place.folder, capture_output=True, text=True,
                          env=os.environ | {"XDG_CACHE_HOME": str(place.cache), "LEFT": str(left)}, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), "the object is made all the same"
    assert (place.folder / "program.o").stat().st_size > 0
    assert left.read_text() == ""


def test_a_full_disk_under_the_object(place):
    place.write("program.c", PROGRAM)
    script = 'mount -t tmpfs -o size=64k tmpfs out && dd if=/dev/zero of=out/filler bs=4k 2> /dev/null; ' \
             '"$0" cc program.c -o out/program.o; status=$?; ls out; exit $status'
    (place.folder / "out").mkdir()
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script, SONDE], cwd=place.folder, capture_output=True,
                          text=True, env=os.environ | {"XDG_CACHE_HOME": str(place.cache)}, timeout=60)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert done.stdout.split() == ["filler"]
