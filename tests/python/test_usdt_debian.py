"""USDT probes that Debian's own programs carry: real events, counted exactly, and the list compared with readelf's."""
import re
import subprocess
import sys

import pytest

from bcc import BPF, USDT
from usdt_programs import SOURCES, Child, reader, seen

PYTHON = "/usr/bin/python3.11"
CARRIERS = ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", PYTHON]

# Does what a line of standard input says.
PYTHON_TARGET = """
import gc, sys
gc.disable()
def wanted_function(): pass
for line in sys.stdin:
    what, times = line.split()
    for n in range(int(times)):
        if what == "collect": gc.collect(n % 3)
        if what == "call": wanted_function()
    print("done 0", flush=True)
"""


@pytest.fixture
def start():
    running = []

    def make(*command):
        running.append(Child(command))
        return running[-1]
    yield make
    for each in running:
        each.close()


def test_throws_and_catches_of_libstdcxx(tmp_path, start):
    subprocess.run(["g++", "-O1", "-o", tmp_path / "throws", SOURCES / "throws.cc"], check=True)
    child = start(tmp_path / "throws")
    usdt = USDT(path="stdc++", pid=child.pid)
    text = ""
    for probe in ("throw", "catch", "rethrow"):
        usdt.enable_probe("libstdcxx:" + probe, "on_" + probe)
        text += reader("on_" + probe, 2)
    with BPF(text=text, usdt_contexts=[usdt]) as b:
        child.hit("throw", 1)
        counts = {probe: sum(seen(b, "on_" + probe).values()) for probe in ("throw", "catch", "rethrow")}
        types = {arguments[1] for probe in counts for arguments in seen(b, "on_" + probe)}
    assert counts == {"throw": 23, "catch": 28, "rethrow": 5}
    assert len(types) == 1 and types != {0}  # std::type_info of runtime_error, whichever probe gives it


def test_collections_of_python(start):
    child = start(PYTHON, "-c", PYTHON_TARGET)
    child.hit("nothing", 1)
    usdt = USDT(pid=child.pid)
    usdt.enable_probe("gc__start", "on_start")
    usdt.enable_probe("gc__done", "on_done")
    with BPF(text=reader("on_start", 1) + reader("on_done", 1), usdt_contexts=[usdt]) as b:
        child.hit("collect", 7)
        assert seen(b, "on_start") == {(0,): 3, (1,): 2, (2,): 2}
        assert sum(seen(b, "on_done").values()) == 7


def test_functions_of_python_by_name(start):
    child = start(PYTHON, "-c", PYTHON_TARGET)
    child.hit("nothing", 1)
    usdt = USDT(pid=child.pid, path=PYTHON)
    usdt.enable_probe("python:function__return", "on_return")
    text = """
struct name { char s[32]; };
BPF_HASH(calls, struct name, u64);
int on_return(struct pt_regs *ctx) {
    struct name name = {};
    u64 address = 0;
    bpf_usdt_readarg(2, ctx, &address);
    bpf_probe_read_user_str(name.s, sizeof(name.s), (void *)address);
    calls.increment(name);
    return 0;
}"""
    with BPF(text=text, usdt_contexts=[usdt]) as b:
        child.hit("call", 41)
        assert b["calls"][b["calls"].Key(b"wanted_function")].value == 41


@pytest.mark.parametrize("path", CARRIERS)
def test_the_list_is_readelf_s(path):
    notes = subprocess.run(["readelf", "-nW", path], capture_output=True, text=True, check=True).stdout
    wanted = re.findall(r"Provider: (\S+)\s+Name: (\S+)\s+Location: 0x0*([0-9a-f]+),[^,]*, "
                        r"Semaphore: 0x0*([0-9a-f]*)\s+Arguments: *(.*)", notes)
    found = []
    for probe in USDT(path=path).enumerate_probes():
        for location in map(probe.get_location, range(probe.num_locations)):
            arguments = [location.get_argument(i).text for i in range(location.num_arguments)]
            semaphore = "%x" % probe.semaphore if probe.semaphore else ""
            found.append((probe.provider.decode(), probe.name.decode(), "%x" % location.address, semaphore,
                          " ".join(arguments)))
    assert sorted(found) == sorted((*row[:4], row[4].strip()) for row in wanted)
    assert found


def test_a_process_has_the_probes_of_its_program_and_libraries(start):
    child = start(sys.executable, "-c", PYTHON_TARGET)
    child.hit("nothing", 1)
    assert {probe.provider for probe in USDT(pid=child.pid).enumerate_probes()} == {b"python"}
