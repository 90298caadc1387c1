"""attach_uprobe() and its kin: functions of processes, by name, address, offset and pattern."""
import os
import re
import shutil
import subprocess

import pytest
from bcc import BPF, _get_num_open_probes

TARGET = """
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define STEP(n) __attribute__((noinline)) int step_##n(int x) { __asm__ volatile("nop; nop"); return x + n; }
STEP(1) STEP(2) STEP(3) STEP(14)
int alias_of_3(int) __attribute__((alias("step_3")));
int main(void) {
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        for (int i = atoi(line); i > 0; i--) step_1(i), step_2(i), step_3(i), step_14(i);
        if (write(1, "+", 1) != 1) return 1;
    }
    return 0;
}
"""
PROGRAMS = """
BPF_ARRAY(hits, u64, 4);
int enter(struct pt_regs *ctx) { hits.increment(0); return 0; }
int leave(struct pt_regs *ctx) { hits.increment(1); hits.increment(2, PT_REGS_RC(ctx)); return 0; }
"""


class Target:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid
        self.calls(0)

    def calls(self, count):
        self.process.stdin.write(b"%d\n" % count)
        assert self.process.stdout.read(1) == b"+"

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def binary(tmp_path_factory):
    path = tmp_path_factory.mktemp("target") / "my-target"
    subprocess.run(["gcc", "-O1", "-g", "-x", "c", "-", "-o", path], input=TARGET, text=True, check=True)
    return str(path)


@pytest.fixture
def target(binary):
    made = Target(binary)
    yield made
    made.close()


@pytest.fixture
def b():
    with BPF(text=PROGRAMS) as made:
        yield made
    assert _get_num_open_probes() == 0


def hits(b, slot=0):
    return b["hits"][slot].value


def symbols(binary):
    lines = subprocess.run(["nm", binary], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return {words[-1]: int(words[0], 16) for words in map(str.split, lines) if len(words) == 3}


@pytest.mark.needs("uprobe")
def test_entry_and_return(b, binary, target):
    assert b.attach_uprobe(name=binary, sym="step_1", fn_name="enter") is b
    assert b.attach_uretprobe(name=binary.encode(), sym=b"step_2", fn_name=b"leave") is b
    assert b.num_open_uprobes() == 2 == _get_num_open_probes()
    target.calls(23)
    assert [hits(b, slot) for slot in range(3)] == [23, 23, sum(i + 2 for i in range(1, 24))]
    b.detach_uprobe(name=binary, sym="step_1")
    target.calls(2)
    assert hits(b, 0) == 23 and hits(b, 1) == 25
    b.detach_uretprobe(name=binary, sym="step_2")
    assert b.num_open_uprobes() == 0 == _get_num_open_probes()
    with pytest.raises(Exception, match="Uprobe p_my_target_0x[0-9a-f]+ is not attached"):
        b.detach_uprobe(name=binary, sym="step_1")


@pytest.mark.needs("uprobe")
def test_names_of_events(b, binary, target):
    b.attach_uprobe(name=binary, sym="step_1", fn_name="enter")
    b.attach_uprobe(name=binary, sym="step_1", fn_name="enter", pid=target.pid)
    b.attach_uretprobe(name=binary, addr=symbols(binary)["step_2"], fn_name="leave")
    first, second = symbols(binary)["step_1"], symbols(binary)["step_2"]  # of a PIE: offsets in the file, too
    assert set(b.uprobe_fds) == {b"p_my_target_0x%x" % first, b"p_my_target_0x%x_%d" % (first, target.pid),
                                 b"r_my_target_0x%x" % second}
    target.calls(1)
    assert hits(b) == 2
    b.detach_uprobe_event(b"p_my_target_0x%x" % first)
    target.calls(1)
    assert hits(b) == 3 and b.num_open_uprobes() == 2


@pytest.mark.needs("uprobe")
def test_one_process_only(b, binary, target):
    other = Target(binary)
    b.attach_uprobe(name=binary, sym="step_1", fn_name="enter", pid=target.pid)
    b.attach_uprobe(name=binary, sym_re="step_[23]", fn_name="leave", pid=other.pid)
    target.calls(23)
    assert (hits(b, 0), hits(b, 1)) == (23, 0)
    other.calls(11)
    assert (hits(b, 0), hits(b, 1)) == (23, 22)
    other.close()


@pytest.mark.needs("uprobe")
def test_patterns(b, binary, target):
    assert b.attach_uprobe(name=binary, sym_re="step_1|alias", fn_name="enter") is None  # step_1, step_14, step_3
    assert b.num_open_uprobes() == 3 == _get_num_open_probes()
    target.calls(10)
    assert hits(b) == 30
    b.detach_uprobe(name=binary, sym="step_14")
    target.calls(10)
    assert hits(b) == 50 and b.num_open_uprobes() == 2
    b.detach_uprobe(name=binary, addr=symbols(binary)["alias_of_3"])
    target.calls(10)
    assert hits(b) == 60
    assert b.attach_uprobe(name=binary, sym_re="nothing", fn_name="enter") is None


@pytest.mark.needs("uprobe")
def test_offsets(b, binary, target):
    b.attach_uprobe(name=binary, sym="step_1", sym_off=1, fn_name="enter")  # the second nop
    target.calls(5)
    assert hits(b) == 5
    with pytest.raises(AssertionError):
        b.attach_uprobe(name=binary, sym="step_1", sym_off=-1, fn_name="enter")
    with pytest.raises(AssertionError):
        b.attach_uprobe(name=binary, addr=0x1234, sym_off=1, fn_name="enter")
    b.detach_uprobe(name=binary, sym="step_1", sym_off=1)
    assert b.num_open_uprobes() == 0


@pytest.mark.needs("uprobe")
def test_libraries_by_name(b, binary, target):
    b.attach_uprobe(name="c", sym="write", fn_name="enter", pid=target.pid)
    assert list(b.uprobe_fds)[0].startswith(b"p_libc_so_6_0x")
    for _ in range(7):
        target.calls(1)
    assert hits(b) == 7


TWINS = """
static __attribute__((noinline)) int twin(int x) { __asm__ volatile("nop"); return x + NUMBER; }
int call_NUMBER(int x) { return twin(x); }
"""


@pytest.fixture
def twins(tmp_path):
    """A program with three static functions of one name."""
    parts = []
    for number in "123":
        parts.append(tmp_path / f"{number}.c")
        parts[-1].write_text(TWINS.replace("NUMBER", number))
    calls = TARGET.replace("step_1(i), step_2(i)", "call_1(i), call_2(i), call_3(i)")
    calls = "int call_1(int), call_2(int), call_3(int);\n" + calls
    (tmp_path / "main.c").write_text(calls)
    subprocess.run(["gcc", "-O1", "-o", tmp_path / "twins", tmp_path / "main.c", *parts], check=True)
    return str(tmp_path / "twins")


@pytest.mark.needs("uprobe")
def test_all_functions_of_a_name(b, twins):
    target = Target(twins)
    assert b.attach_uprobe(name=twins, sym="twin", fn_name="enter") is b
    b.attach_uretprobe(name=twins, sym="twin", fn_name="leave", pid=target.pid)
    assert b.num_open_uprobes() == 6 == _get_num_open_probes()
    target.calls(5)
    assert [hits(b, slot) for slot in range(3)] == [15, 15, 3 * sum(range(1, 6)) + 5 * (1 + 2 + 3)]
    b.detach_uprobe(name=twins, sym="twin")
    target.calls(2)
    assert hits(b, 0) == 15 and hits(b, 1) == 21 and b.num_open_uprobes() == 3
    target.close()
    b.detach_uretprobe(name=twins, sym="twin", pid=target.pid)  # of a process that has ended
    assert b.num_open_uprobes() == 0 == _get_num_open_probes()


@pytest.mark.needs("uprobe")
def test_a_file_that_was_replaced(b, binary, tmp_path):
    program = str(tmp_path / "program")
    shutil.copy(binary, program)
    target = Target(program)
    shutil.copy("/bin/true", program + ".new")
    os.rename(program + ".new", program)
    b.attach_uprobe(name=program, sym="step_1", fn_name="enter", pid=target.pid)
    b.attach_uprobe(name=program, sym_re="step_2$", fn_name="leave", pid=target.pid)
    target.calls(23)
    assert (hits(b, 0), hits(b, 1)) == (23, 23)
    with pytest.raises(Exception, match="no function step_1"):
        b.attach_uprobe(name=program, sym="step_1", fn_name="enter")  # without a process: the file as it is now
    b.detach_uprobe(name=program, sym="step_1", pid=target.pid)
    target.close()


@pytest.mark.needs("uprobe")
def test_paths_below_proc(b, binary, target):
    process, expected = f"/proc/{target.pid}", 0
    for path in (process + "/root" + binary, process + "/exe"):
        for pid in (-1, target.pid):
            b.attach_uprobe(name=path, sym="step_1", fn_name="enter", pid=pid)
            target.calls(3)
            expected += 3
            assert hits(b) == expected, (path, pid)
            b.detach_uprobe(name=path, sym="step_1", pid=pid)


@pytest.mark.needs("uprobe")
def test_what_cannot_be_attached(b, binary, monkeypatch):
    wanted = re.escape(f"could not determine address of symbol step_l in {binary}")
    with pytest.raises(Exception, match=wanted) as error:
        b.attach_uprobe(name=binary, sym="step_l", fn_name="enter")
    assert "nearest: step_1" in str(error.value)
    with pytest.raises(Exception, match="could not determine address of symbol malloc in nosuch"):
        b.attach_uprobe(name="nosuch", sym="malloc", fn_name="enter")
    with pytest.raises(Exception, match="could not determine address of symbol  in c"):
        b.attach_uprobe(name="c", fn_name="enter")
    with pytest.raises(Exception, match="Unknown program nosuch"):
        b.attach_uprobe(name=binary, sym="step_1", fn_name="nosuch")
    with pytest.raises(Exception, match="Failed to attach BPF to uprobe: .*outside of the file's code"):
        b.attach_uprobe(name=binary, addr=1, fn_name="enter")
    monkeypatch.setenv("BCC_PROBE_LIMIT", "3")
    with pytest.raises(Exception, match="Number of open probes would exceed global quota"):
        b.attach_uprobe(name=binary, sym_re="step_", fn_name="enter")
    assert b.num_open_uprobes() == 0


def test_functions_of_a_file(binary):
    known = symbols(binary)
    steps = {name for name in known if name.startswith("step_")}
    assert BPF.get_user_functions(binary, "step_") == {name.encode() for name in steps}
    assert BPF.get_user_addresses(binary.encode(), b"step_3|alias") == {known["step_3"]}
    found = BPF.get_user_functions_and_addresses(binary, "(step_3|alias_of_3)$")
    assert sorted(found) == [(b"alias_of_3", known["step_3"]), (b"step_3", known["step_3"])]
    with pytest.raises(Exception, match="Error -1 enumerating symbols in /nosuch"):
        BPF.get_user_functions("/nosuch", "x")


def test_finding_libraries_and_programs(target):
    path = BPF.find_library("c")
    assert path.endswith(b"/libc.so.6") and BPF.find_library(b"c", target.pid).endswith(b"/libc.so.6")
    assert BPF.find_library("libc.so.6") == path
    assert BPF.find_library("no_such_library") is None and BPF.find_library("c", 2**22 + 1) is None
    assert BPF.find_library("/some/path") == b"/some/path"
    assert BPF.find_exe("sh").endswith(b"/sh") and BPF.find_exe(b"no_such_program") is None
