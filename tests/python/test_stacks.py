"""Stacks: what get_stackid() keeps, what it cannot keep, and the names of the frames."""
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from getppid_program import GETPPID

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
    subprocess.run(["cc", "-g", "-O0", "-fno-omit-frame-pointer", "-Wl,--build-id=sha1", source,
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
    target.tell(*("depth %d" % depth for depth in range(100)))  # so many that no place stays free
    assert len(b["stacks"]) == 4
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


def run_script(target, depths, entries, end):
    script = subprocess.Popen([sys.executable, "-c", SCRIPT % {"entries": entries, "end": end}, str(target.pid)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert script.stdout.readline() == "ready\n"
    target.tell(*("depth %d" % depth for depth in depths))
    out, err = script.communicate("\n")
    assert script.returncode == 0
    return out, err


def test_a_session_that_ends_says_what_it_lost(target):
    out, err = run_script(target, range(16), 1, "")
    assert out == ""
    assert err == ("stacks: lost 15 stacks (15 collisions, 0 found the map full); 1 of its 1 places are taken: "
                   "16 entries would keep nearly all\n")


def test_it_says_nothing_to_who_has_asked_or_lost_nothing(target):
    one_stack = [3] * 16
    assert run_script(target, range(16), 1, "print(b['stacks'].lost())") == ("15\n", "")
    assert run_script(target, one_stack, 1, "print(b['stacks'].lost())") == ("0\n", "")
    assert run_script(target, one_stack, 1, "") == ("", "")


# Names

CHAIN = [b"chain_c", b"chain_b", b"chain_a", b"main"]


def only_id(b):
    (stack_id,) = ids_of(b)
    assert stack_id >= 0
    return stack_id


def test_user_frames_have_their_names(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 64);")
    target.tell("chain", "chain")
    addresses = list(b["stacks"].walk(only_id(b)))
    assert [b.sym(address, target.pid) for address in addresses][:4] == CHAIN
    assert list(b["stacks"].walk(only_id(b), lambda address: b.sym(address, target.pid)))[:4] == CHAIN
    assert all(isinstance(address, int) and address > 0 for address in addresses)
    assert b.sym(addresses[1], target.pid, show_module=True, show_offset=True).startswith(b"chain_b+0x")
    assert b.sym(addresses[1], target.pid, show_module=True).endswith(b" [call_chain]")


def after_prologue(program, function):
    """How far into the function its frame is set up, so that a probe there sees the caller."""
    command = ["objdump", "-d", f"--disassemble={function}", program]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    start, after = re.search(r"(\w+) <%s>:\n(?:.*\n)*?.*mov +%%rsp,%%rbp\n +(\w+):" % function, listing).groups()
    return int(after, 16) - int(start, 16)


@pytest.mark.needs("uprobe")
def test_a_probe_in_the_program_sees_its_callers(program, target):
    from bcc import BPF
    with BPF(text="""
        BPF_STACK_TRACE(stacks, 64); BPF_HASH(ids, int);
        int probed(struct pt_regs *ctx) { ids.increment(stacks.get_stackid(ctx, BPF_F_USER_STACK)); return 0; }
    """) as b:
        b.attach_uprobe(name=str(program), sym="chain_c", sym_off=after_prologue(program, "chain_c"), fn_name="probed",
                        pid=target.pid)
        target.tell("chain", "chain", "chain")
        assert ids_of(b) == {only_id(b): 3}
        assert list(b["stacks"].walk(only_id(b), lambda address: b.sym(address, target.pid)))[:4] == CHAIN


def test_frames_of_a_process_that_has_ended_keep_their_names(program, stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 64);")
    target.tell("depth 3")
    b.sym(0, target.pid)  # known before it ends
    target.end()
    target.end = lambda: None
    names = list(b["stacks"].walk(only_id(b), lambda address: b.sym(address, target.pid)))
    assert names[:5] == [b"deeper"] * 4 + [b"main"]


def test_kernel_frames_have_their_names(target):
    """At a raw tracepoint: at those of syscalls: a program has no kernel stack on Linux 6.1."""
    from bcc import BPF
    with BPF(text="""
        BPF_STACK_TRACE(stacks, 64); BPF_HASH(ids, int);
        RAW_TRACEPOINT_PROBE(sys_enter) {
            if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != __NR_getppid) return 0;
            ids.increment(stacks.get_stackid(ctx, 0));
            return 0;
        }
    """, cflags=["-DPID=%d" % target.pid, "-D__NR_getppid=%d" % GETPPID]) as b:
        target.tell("chain")
        names = list(b["stacks"].walk(only_id(b), b.ksym))
        assert b"do_syscall_64" in names and any(name.startswith(b"entry_SYSCALL_64") for name in names)


def build_id_of(program):
    notes = subprocess.run(["readelf", "-n", program], capture_output=True, text=True, check=True).stdout
    return bytes.fromhex(re.search(r"Build ID: (\w+)", notes)[1])


def test_frames_by_build_id(program, stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE_BUILDID(stacks, 64);")
    target.tell("chain")
    frames = list(b["stacks"].walk(only_id(b)))
    assert [bytes(frame.build_id) for frame in frames[:4]] == [build_id_of(program)] * 4
    assert b.sym(frames[0], -1) == b"[unknown]"  # no file of that build-id is known yet
    b.add_module(str(program))
    assert list(b["stacks"].walk(only_id(b), lambda frame: b.sym(frame, -1)))[:4] == CHAIN


def test_build_ids_without_a_map(program, target):
    from bcc import BPF
    with BPF(text="""
        struct frames { struct bpf_stack_build_id frame[4]; };
        BPF_ARRAY(last, struct frames, 1);
        BPF_ARRAY(sizes, long, 1);
        TRACEPOINT_PROBE(syscalls, sys_enter_getppid) {
            int zero = 0;
            struct frames *frames = last.lookup(&zero);
            if (!frames || bpf_get_current_pid_tgid() >> 32 != PID) return 0;
            long size = bpf_get_stack(args, frames, sizeof(*frames), BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
            sizes.update(&zero, &size);
            return 0;
        }
    """, cflags=["-DPID=%d" % target.pid]) as b:
        b.add_module(str(program))
        target.tell("chain")
        assert b["sizes"][0].value == 4 * 32
        assert [b.sym(frame, -1) for frame in b["last"][0].frame] == CHAIN


def test_the_table_is_a_mapping_of_ids(stacks_of, target):
    b = stacks_of("BPF_STACK_TRACE(stacks, 4096);")
    target.tell("chain", "depth 1", "depth 2")
    stacks, ids = b["stacks"], ids_of(b)
    kept = sorted(each for each in ids if each >= 0)  # two of them may want one place
    assert sorted(key.value for key in stacks.keys()) == kept and len(stacks) == len(kept)
    some = kept[0]
    assert stacks[some].ip[0] == list(stacks.walk(some))[0]
    assert stacks.get(-17) is None
    for absent in (-17, 4096, next(each for each in range(4096) if each not in ids)):
        with pytest.raises(KeyError):
            list(stacks.walk(absent))
    stacks.clear()
    assert len(stacks) == len(kept)  # as in BCC: it is the maps that name the ids that are to be cleared
    del stacks[some]
    assert len(stacks) == len(kept) - 1 and some not in stacks


# Without a driver

RUN = """
struct key { u32 pid; int user_stack; int kernel_stack; };
BPF_HASH(counts, struct key);
BPF_STACK_TRACE(stacks, 1024);
BPF_STACK_TRACE(small, 1);
RAW_TRACEPOINT_PROBE(sys_enter) {
    struct key key = {.pid = bpf_get_current_pid_tgid() >> 32};
    if (key.pid != PID || ctx->args[1] != NUMBER) return 0;
    key.user_stack = stacks.get_stackid(ctx, BPF_F_USER_STACK);
    key.kernel_stack = stacks.get_stackid(ctx, 0);
    small.get_stackid(ctx, BPF_F_USER_STACK);
    counts.increment(key);
    return 0;
}
"""


def test_sonde_run_prints_names_and_losses(tmp_path, target):
    source = tmp_path / "stacks.c"
    source.write_text(RUN.replace("PID", str(target.pid)).replace("NUMBER", str(GETPPID)))
    run = subprocess.Popen(["sonde", "run", "-v", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "running; Ctrl-C ends it" not in (line := run.stderr.readline()):
        assert line, "sonde run ended early"
    target.tell("chain", "chain", "depth 1")
    run.send_signal(signal.SIGINT)
    out, err = run.communicate()
    assert run.returncode == 0
    frames = [f"    {name.decode()}\\+0x[0-9a-f]+ \\[call_chain\\]\n" for name in CHAIN]
    assert re.search(f"  [0-9]+ of process {target.pid}\n" + "".join(frames), out), out
    assert re.search(r"    do_syscall_64\+0x[0-9a-f]+ \[kernel\]\n", out), out
    assert err == ("small: lost 1 stacks (1 collisions, 0 found the map full); 1 of its 1 places are taken: "
                   "16 entries would keep nearly all\n")
