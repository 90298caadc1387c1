"""Stacks: what get_stackid() keeps, what it cannot keep, and the names of the frames."""
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = """
%(declarations)s
BPF_HASH(ids, int);
TRACEPOINT_PROBE(syscalls, sys_enter_getppid) {
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    int id = stacks.get_stackid(args, %(flags)s);
    ids.increment(id);
    return 0;
}
"""
COLLISION, FULL = -17, -12


class Target:
    """A process that calls getppid from known places when told to."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.pid = self.process.pid

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            assert self.process.stdout.readline() == "done\n"

    def end(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("chain") / "call_chain"
    source = Path(__file__).with_name("call_chain.c")
    subprocess.run(["cc", "-g", "-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-Wl,--build-id=sha1", source,
                    "-o", path], check=True)
    return path


@pytest.fixture
def target(program):
    target = Target(program)
    yield target
    target.end()


@pytest.fixture
def stacks_of(target):
    """stacks_of(declaration of `stacks`, flags) traces the target."""
    from bcc import BPF
    made = []

    def make(declarations, flags="BPF_F_USER_STACK"):
        made.append(BPF(text=TEXT % {"declarations": declarations, "flags": flags}, cflags=["-DPID=%d" % target.pid]))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()


def ids_of(b):
    return {key.value: leaf.value for key, leaf in b["ids"].items()}


def test_collisions_are_counted_exactly(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 4);")
    for _ in range(5):
        target.tell(*("depth %d" % depth for depth in range(24)))
    ids, stacks = ids_of(b), b["stacks"]
    assert sum(ids.values()) == 5 * 24
    assert len([each for each in ids if each >= 0]) <= 4
    assert set(each for each in ids if each < 0) == {COLLISION}
    assert stacks.lost() == stacks.collisions == ids[COLLISION] >= 5 * 20
    assert len(stacks) == len([each for each in ids if each >= 0])


def test_a_full_map_is_counted_exactly(stacks_of, target):
    """With build-ids the kernel takes a free place before it compares: a map without any loses even what it has."""
    b = stacks_of("BPF_STACK_TRACE_BUILDID(stacks, 4);")
    while len(b["stacks"]) < 4:
        target.tell(*("depth %d" % depth for depth in range(24)))
    target.tell("depth 1")
    ids, stacks = ids_of(b), b["stacks"]
    lost = {each: count for each, count in ids.items() if each < 0}
    assert set(lost) <= {COLLISION, FULL} and lost[FULL] > 0
    assert stacks.lost() == sum(lost.values())
    assert stacks.collisions == lost.get(COLLISION, 0)


def test_maps_count_each_for_itself(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(large, 1024); BPF_STACK_TRACE(stacks, 1);")
    target.tell("depth 1", "depth 2", "depth 3")
    assert b["stacks"].lost() == 2 and b["large"].lost() == 0


def test_no_such_stack_is_no_loss(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 16);", "200")  # skips more frames than there are
    target.tell("chain", "chain")
    assert ids_of(b) == {-14: 2}
    assert b["stacks"].lost() == 0


def test_stacks_that_may_overwrite_others_are_not_lost(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 128);", "BPF_F_USER_STACK | BPF_F_REUSE_STACKID")
    target.tell(*("depth %d" % depth for depth in range(48)))  # one place stays free: that is what overwriting takes
    ids = ids_of(b)
    assert min(ids) >= 0 and sum(ids.values()) == 48
    assert len(b["stacks"]) == len(ids) and b["stacks"].lost() == 0


def test_sizes_are_rounded_up(stacks_of, capfd):
    for size, places in ((1, 1), (2, 2), (3, 4), (10240, 16384)):
        assert stacks_of("BPF_STACK_TRACE(stacks, %d);" % size)["stacks"].max_entries == places
    assert capfd.readouterr().err == ""


def test_the_counting_map_is_not_seen(stacks_of):
    b = stacks_of("BPF_STACK_TRACE(stacks, 4);")
    assert sorted(b._session.map_names()) == ["ids", "stacks"]
    with pytest.raises(KeyError):
        b["__sonde_lost_stacks"]


SCRIPT = """
import os, sys
from bcc import BPF
b = BPF(text='''BPF_STACK_TRACE(stacks, %(entries)d);
TRACEPOINT_PROBE(syscalls, sys_enter_getppid) {
    if (bpf_get_current_pid_tgid() >> 32 == PID) stacks.get_stackid(args, BPF_F_USER_STACK);
    return 0;
}''', cflags=["-DPID=" + sys.argv[1]])
print("ready", flush=True)
sys.stdin.readline()
%(end)s
"""


def run_script(target, entries, end):
    script = subprocess.Popen([sys.executable, "-c", SCRIPT % {"entries": entries, "end": end}, str(target.pid)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert script.stdout.readline() == "ready\n"
    target.tell(*("depth %d" % depth for depth in range(16)))
    out, err = script.communicate("\n")
    assert script.returncode == 0
    return out, err


def test_a_session_that_ends_says_what_it_lost(target):
    out, err = run_script(target, 1, "")
    assert out == ""
    assert err == ("stacks: lost 15 stacks (15 collisions, 0 found the map full); 1 of its 1 places are taken: "
                   "declare it with 16 entries\n")


def test_it_says_nothing_to_who_has_asked_or_lost_nothing(target):
    assert run_script(target, 1, "print(b['stacks'].lost())") == ("15\n", "")
    assert run_script(target, 4096, "print(b['stacks'].lost())") == ("0\n", "")
    assert run_script(target, 4096, "") == ("", "")
