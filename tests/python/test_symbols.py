"""Names of addresses: of processes that load, exec and end; of files that are not what they should be; the kernel."""
import ctypes as ct
import mmap
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import bcc
from bcc import BPF, SymbolCache

PAGE = mmap.PAGESIZE
LIMIT = 30 if "SONDE_IN_GUEST" in os.environ else 3  # seconds; guests are about ten times slower

# A process that does as it is told, a line a command, and answers with a line.
TARGET = r"""
import ctypes as ct, mmap, os, sys
libraries, memories = [], []
def load(path, name="marked"):
    libraries.append(ct.CDLL(path))
    return ct.cast(getattr(libraries[-1], name), ct.c_void_p).value
def code(count=1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
    memories.append(mmap.mmap(-1, mmap.PAGESIZE * count, flags=flags, prot=7))
    return ct.addressof(ct.c_char.from_buffer(memories[-1]))
for line in sys.stdin:
    print(eval(line), flush=True)
"""
C_TEXT = "int marked(int value) { return value * 3; }\nint another(int value) { return value * 5 + marked(value); }\n"


class Target:
    def __init__(self, *before):
        self.process = subprocess.Popen([*before, "/usr/bin/python3", "-c", TARGET], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.pid = int(self.ask("os.getpid()"))

    def ask(self, expression):
        self.process.stdin.write(expression + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def load(self, path, name="marked"):
        return int(self.ask(f"load({str(path)!r}, {name!r})"))

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def target():
    made = Target()
    yield made
    made.end()


@pytest.fixture
def library(tmp_path):
    """library(text, *options) gives the path of a new shared library."""
    def make(text=C_TEXT, *options, name="libmarked.so"):
        source = tmp_path / "source.c"
        source.write_text(text)
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", tmp_path / name, source, *options], check=True)
        return tmp_path / name
    return make


def in_time(ask, *args):
    """Of CPU time, which the load of the machine changes less; what waits for ever runs into the test's time limit."""
    start = time.process_time()
    answer = ask(*args)
    assert time.process_time() - start < LIMIT
    return answer


def eventually(ask, answer):
    """Files and mappings are looked at again ten times a second at most, and once a second where nothing was missed."""
    deadline = time.monotonic() + 20
    while ask() != answer and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ask() == answer


def why(pid, address):
    return SymbolCache(pid).why(address)


# What sym() gives

def test_names_modules_and_offsets(target, library):
    path = library()
    address = target.load(path)
    assert BPF.sym(address, target.pid) == b"marked"
    assert BPF.sym(address + 2, target.pid, show_offset=True) == b"marked+0x2"
    assert BPF.sym(address + 2, target.pid, True, True) == b"marked+0x2 [libmarked.so]"
    assert BPF.sym(addr=address, pid=target.pid, show_module=True) == b"marked [libmarked.so]"
    assert BPF.sym(ct.c_ulong(address), target.pid) == b"marked"
    assert BPF.sym(8, target.pid, True, True) == b"[unknown]"
    assert BPF.sym(address, target.pid) is BPF.sym(address + 1, target.pid)  # one object for one name


def test_demangling(target, library):
    path = library("int marked() { return 1; }\nint f() __asm__(\"_ZN3foo3barEi\");\nint f() { return 2; }\n")
    address = target.load(path, "_ZN3foo3barEi")
    assert BPF.sym(address, target.pid) == b"foo::bar(int)"
    assert BPF.sym(address, target.pid, demangle=False) == b"_ZN3foo3barEi"
    assert BPF.sym(address, target.pid, show_offset=True, demangle=True) == b"foo::bar(int)+0x0"


@pytest.mark.parametrize("arguments, message", [
    ((), "'addr'"), ((1,), "'pid'"), ((1, 2, 3, 4, 5, 6), "at most 5"), (("x", 1), "integer"), ((1, "x"), "integer"),
    ((1, 1 << 80), "too large")])
def test_wrong_arguments(arguments, message):
    with pytest.raises((TypeError, OverflowError), match=message):
        BPF.sym(*arguments)


def test_symbol_cache(target, library):
    path = library()
    address = target.load(path)
    cache = SymbolCache(target.pid)
    assert cache.resolve(address + 1, True) == (b"marked", 1, os.fsencode(path))
    assert cache.resolve_name(os.fsencode(path), b"marked") == address
    assert cache.resolve_name(None, "marked") == address and cache.resolve_name(b"/no/such", b"marked") == -1
    assert cache.resolve(8) == (None, 8, None) and cache.why(8) == "nothing is mapped there"
    assert cache.cache and cache.pid == target.pid
    name, offset, module = cache.resolve(address - (address % PAGE))  # the file's code before its first function
    assert module == os.fsencode(path) and (name is not None or offset % PAGE == 0)


def test_caches_are_kept_by_pid(target, library):
    address = target.load(library())
    BPF.sym(address, target.pid)
    kept = BPF._sym_caches[target.pid]
    assert kept is BPF._sym_cache(target.pid) and kept.resolve(address)[0] == b"marked"
    del BPF._sym_caches[target.pid]
    assert BPF._sym_cache(target.pid) is not kept


# Processes that change

def test_a_library_that_is_loaded_later(target, library):
    first = target.load(library())
    assert BPF.sym(first, target.pid) == b"marked"
    later = target.load(library(C_TEXT.replace("marked", "later"), name="liblater.so"), "later")
    eventually(lambda: BPF.sym(later, target.pid, show_module=True), b"later [liblater.so]")


def test_a_library_that_is_unlinked_or_replaced_after_it_was_mapped(target, library):
    path = library()
    address = target.load(path)
    other = library(C_TEXT.replace("marked", "wrong"), name="libother.so")
    os.rename(other, path)
    assert BPF.sym(address, target.pid, show_module=True) == b"marked [libmarked.so]"
    os.unlink(path)
    assert SymbolCache(target.pid).resolve(address)[0] == b"marked"


def test_a_process_that_has_ended(target, library):
    address = target.load(library())
    assert BPF.sym(8, target.pid) == b"[unknown]"  # reads the mappings, and no file
    target.process.kill()
    target.process.wait()
    assert BPF.sym(address, target.pid) == b"marked"


def test_a_process_that_runs_another_program(tmp_path):
    program = tmp_path / "sleeper"
    text = ("#include <unistd.h>\n#include <stdio.h>\n"
            "int main() { printf(\"%p\\n\", (void *)main); fflush(stdout); pause(); }\n")
    subprocess.run(["gcc", "-x", "c", "-O1", "-no-pie", "-o", program, "-"], check=True, text=True, input=text)
    code = "import os, sys\nsys.stdin.readline()\nos.execv(%r, ['sleeper'])" % str(program)
    process = subprocess.Popen(["/usr/bin/python3", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    try:
        cache = SymbolCache(process.pid)
        assert cache.resolve(8) == (None, 8, None)
        print(file=process.stdin, flush=True)
        main = int(process.stdout.readline(), 16)
        eventually(lambda: cache.resolve(main + 1), (b"main", 1, os.fsencode(program)))
    finally:
        process.kill()
        process.communicate()


def test_a_process_in_a_mount_namespace_and_a_pid_namespace(library, tmp_path):
    path = library()
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    script = f"mount -t tmpfs none {hidden} && cp {path} {hidden}/inside.so && exec \"$@\""
    target = Target("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh")
    children = Path(f"/proc/{target.process.pid}/task/{target.process.pid}/children").read_text().split()
    pid = int(children[0])
    address = target.load(hidden / "inside.so")
    assert not (hidden / "inside.so").exists()
    assert BPF.sym(address, pid, show_module=True) == b"marked [inside.so]"
    memory = int(target.ask("code()"))
    map_file = Path(f"/proc/{pid}/root/tmp/perf-{target.pid}.map")
    assert target.pid != pid
    map_file.write_text(f"{memory:x} 40 inner code\n")
    try:
        eventually(lambda: BPF.sym(memory + 1, pid, show_offset=True), b"inner code+0x1")
    finally:
        map_file.unlink()
        os.kill(pid, 9)
        target.end()


def test_recycled_pids(tmp_path, library):
    """In a namespace where the next pid can be chosen: the second process of a pid is not taken for the first."""
    first, second = library(), library(C_TEXT.replace("marked", "second"), name="libsecond.so")
    script = tmp_path / "script.py"
    script.write_text(f"""
import sys
sys.path[:0] = {[os.path.dirname(__file__), *sys.path]!r}
from test_symbols import BPF, Target, eventually
one = Target()
address = one.load({str(first)!r})
assert BPF.sym(address, one.pid) == b"marked"
one.end()
open("/proc/sys/kernel/ns_last_pid", "w").write(str(one.pid - 1))
two = Target()
assert two.pid == one.pid
other = two.load({str(second)!r}, "second")
eventually(lambda: BPF.sym(other, two.pid), b"second")
assert BPF.sym(address, one.pid) in (b"marked", b"[unknown]") or address < other
two.end()
print("done")
""")
    done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", sys.executable, str(script)], check=True,
                          stdout=subprocess.PIPE, text=True)
    assert done.stdout == "done\n"


# Files that are not what they should be

def test_a_fifo_in_the_place_of_a_file(target, library):
    path = library()
    address = target.load(path)
    os.unlink(path)
    os.mkfifo(path)
    assert in_time(BPF.sym, address, target.pid) == b"marked"


def test_a_file_that_was_cut_short(target, library):
    path = library()
    address = target.load(path)
    os.truncate(path, 100)
    assert in_time(BPF.sym, address, target.pid, True) == b"[unknown] [libmarked.so]"
    assert str(path) in why(target.pid, address)


def test_a_file_that_is_cut_short_while_it_is_asked(target, library):
    path = library()
    address = target.load(path)
    another = target.load(path, "another")
    assert BPF.sym(address, target.pid) == b"marked"
    os.truncate(path, 100)
    assert in_time(BPF.sym, another, target.pid) == b"[unknown]"
    assert BPF.sym(address, target.pid) == b"marked"  # is known by now
    assert "shorter" in BPF._sym_cache(target.pid).why(another)


def test_a_stripped_file_says_so(target, library):
    path = library("int hidden() { return 3; }\n", "-Wl,-s", "-Wl,--build-id=0xabcd",
                   "-fvisibility=hidden", name="libstripped.so")
    target.ask(f"libraries.append(ct.CDLL({str(path)!r}))")
    line = next(line for line in open(f"/proc/{target.pid}/maps") if "libstripped" in line and "r-xp" in line)
    address = int(line.split("-")[0], 16)
    assert BPF.sym(address, target.pid, show_module=True) == b"[unknown] [libstripped.so]"
    reason = why(target.pid, address)
    assert str(path) in reason and ("build-id abcd" in reason or "no function" in reason)


def test_a_name_of_a_megabyte(target, library):
    name = "x" * (1 << 20)
    path = library(f'int marked() {{ return 1; }}\nint f() __asm__("{name}");\nint f() {{ return 2; }}\n')
    address = target.load(path)
    listed = subprocess.run(["nm", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    places = {row[-1]: int(row[0], 16) for row in rows if len(row) == 3}
    found = in_time(BPF.sym, address + places[name] - places["marked"], target.pid)
    assert found == name[:len(found)].encode() and len(found) >= 1 << 10


def test_a_process_that_dies_in_the_middle(library):
    path = library()
    for _ in range(20):
        target = Target()
        address = target.load(path)
        cache = SymbolCache(target.pid)
        killer = threading.Thread(target=target.end)
        killer.start()
        for _ in range(200):
            assert in_time(cache.resolve, address)[0] in (b"marked", None)
        killer.join()
        if cache.resolve(address)[0] != b"marked":
            assert any(word in cache.why(address) for word in ("ended", "no memory"))


def test_a_process_with_very_many_mappings(target, library):
    address = target.load(library())
    most = min(int(Path("/proc/sys/vm/max_map_count").read_text()) - 2000, 100_000)
    # Two neighbours with different rights are two mappings.
    target.ask("[memories.append(mmap.mmap(-1, mmap.PAGESIZE, prot=1 + i %% 2 * 2)) for i in range(%d)] and 1" % most)
    with open(f"/proc/{target.pid}/maps") as maps:
        assert sum(1 for _ in maps) > most
    assert in_time(BPF.sym, address, target.pid) == b"marked"
    assert in_time(BPF.sym, 8, target.pid) == b"[unknown]"


# Code that was made at run time

@pytest.fixture
def jit(target):
    """A process with code in memory, and the path of its perf map."""
    target.memory = int(target.ask("code(4)"))
    target.map = Path(f"/tmp/perf-{target.pid}.map")
    yield target
    target.map.unlink(missing_ok=True)


def test_a_perf_map(jit):
    jit.map.write_text(f"{jit.memory:x} 20 LazyCompile:~a b.js:1\n{jit.memory + 0x20:x} 10 second\n")
    cache = SymbolCache(jit.pid)
    assert cache.resolve(jit.memory + 4) == (b"LazyCompile:~a b.js:1", 4, os.fsencode(jit.map))
    assert BPF.sym(jit.memory + 0x21, jit.pid, True, True) == b"second+0x1 [perf-%d.map]" % jit.pid
    assert cache.resolve(jit.memory + 0x30) == (None, jit.memory + 0x30, None)
    assert cache.why(jit.memory + 0x30) == f"memory without a file, and {jit.map} does not know it"


def test_a_perf_map_of_shared_memory(jit):
    memory = int(jit.ask("code(1, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)"))
    cache = SymbolCache(jit.pid)
    assert cache.resolve(memory) == (None, memory, None)
    assert cache.why(memory) == f"/dev/zero: memory without a file, and there is no {jit.map}"
    jit.map.write_text(f"{memory:x} 20 shared\n")
    eventually(lambda: cache.resolve(memory), (b"shared", 0, os.fsencode(jit.map)))


def test_a_perf_map_that_comes_late_and_grows(jit):
    assert BPF.sym(jit.memory, jit.pid) == b"[unknown]"
    assert BPF._sym_cache(jit.pid).why(jit.memory) == f"memory without a file, and there is no {jit.map}"
    jit.map.write_text(f"{jit.memory:x} 20 first\n")
    eventually(lambda: BPF.sym(jit.memory, jit.pid), b"first")
    with jit.map.open("a") as file:
        file.write(f"{jit.memory:x} 20 newer\n{jit.memory + 0x20:x} 20 other\n")
    eventually(lambda: BPF.sym(jit.memory, jit.pid), b"newer")
    assert BPF.sym(jit.memory + 0x20, jit.pid) == b"other"


def test_a_perf_map_outlives_its_process(jit):
    jit.map.write_text(f"{jit.memory:x} 20 first\n")
    assert BPF.sym(8, jit.pid) == b"[unknown]"
    jit.map.unlink()
    jit.process.kill()
    jit.process.wait()
    assert BPF.sym(jit.memory, jit.pid) == b"first"


def test_a_perf_map_of_another_user(jit):
    jit.map.write_text(f"{jit.memory:x} 20 forged\n")
    os.chown(jit.map, 12345, -1)
    assert BPF.sym(jit.memory, jit.pid) == b"[unknown]"
    assert why(jit.pid, jit.memory).endswith(f"{jit.map} belongs to another user (12345) than the process")


@pytest.mark.parametrize("make, reason", [
    (lambda path: os.mkfifo(path), "no regular file"), (lambda path: path.mkdir(), "no regular file"),
    (lambda path: path.symlink_to("/etc/hostname"), "symbolic link")])
def test_what_is_no_perf_map(jit, make, reason):
    make(jit.map)
    try:
        assert in_time(BPF.sym, jit.memory, jit.pid) == b"[unknown]"
        assert reason in why(jit.pid, jit.memory)
    finally:
        shutil.rmtree(jit.map) if jit.map.is_dir() and not jit.map.is_symlink() else None


def test_a_perf_map_of_a_gigabyte(jit):
    with jit.map.open("wb") as file:
        file.truncate(1 << 30)
        file.seek(0, os.SEEK_END)
        file.write(b"\n%x 20 newest\n" % jit.memory)
    assert in_time(BPF.sym, jit.memory, jit.pid) == b"newest"


# Build-ids and the kernel

class bpf_stack_build_id(ct.Structure):
    _fields_ = [("status", ct.c_int), ("build_id", ct.c_ubyte * 20), ("offset", ct.c_ulonglong)]


def test_stack_entries_with_build_ids(target, library, capfd):
    build_id = bytes(range(100, 120))
    path = library(C_TEXT, "-Wl,--build-id=0x" + build_id.hex())
    address = target.load(path)
    symbols = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    offset = next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" marked"))
    entry = bpf_stack_build_id(1, (ct.c_ubyte * 20)(*build_id), offset + 2)
    assert BPF.sym(entry, -1) == b"[unknown]"
    BPF.add_module(str(path))
    assert BPF.sym(entry, -1, show_module=True, show_offset=True) == b"marked+0x2 [libmarked.so]"
    assert BPF.sym(bpf_stack_build_id(2, offset=address), target.pid) == b"marked"  # the kernel only knew the address
    assert BPF.sym(bpf_stack_build_id(0), target.pid, show_module=True) == b"[unknown]"
    BPF.add_module("/no/such/file")
    assert "Error adding module" in capfd.readouterr().out


def bpf_programs():
    with open("/proc/kallsyms") as lines:
        return {line for line in lines if "[bpf]" in line}


def test_bpf_programs_that_come_later(run):
    assert BPF.ksym(BPF.ksymname("schedule")) == b"schedule"
    before = bpf_programs()
    (own, *_), = run(body="return 0;")._session.programs()
    (line,) = (line for line in bpf_programs() - before if own[:15] in line)
    address, _, name, _ = line.split()
    address = int(address, 16)
    eventually(lambda: BPF.ksym(address, show_module=True), os.fsencode(name) + b" [bpf]")
