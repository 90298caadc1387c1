"""USDT probes of programs made here: every kind of argument and file, exact counts, and what cannot be had."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bcc import BPF, USDT, USDTException
from usdt_programs import (READ_FAILED, Target, any_file, build, plain_file, reader, seen,  # noqa: F401 - fixtures, too
                           start)

COUNTER, SMALL_COUNTER = -7, -70


@pytest.fixture
def trace():
    """trace(usdt, {probe: number of arguments}) attaches programs that count what they see."""
    made = []

    def make(usdt, probes, **options):
        text = ""
        for number, (probe, arguments) in enumerate(probes.items()):
            usdt.enable_probe(probe, "on_%d" % number)
            text += reader("on_%d" % number, arguments)
        made.append(BPF(text=text, usdt_contexts=[usdt], **options))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()


def test_arguments_of_every_size_and_sign(any_file, start, trace):
    target = start(any_file)
    b = trace(USDT(path=str(any_file)), {"kinds": 8})
    target.hit("kinds", 3)
    rest = (200, -3000, 60000, -2000000000, 4000000000, -5000000000000, 0xf000000000000001 - (1 << 64))
    assert seen(b, 0) == {(-1 - n, *rest): 1 for n in range(3)}


def test_constants_and_the_same_name_of_another_provider(any_file, start, trace):
    target = start(any_file)
    b = trace(USDT(path=str(any_file)), {"plain": 3, "app:count": 1, "other:count": 1})
    target.hit("plain", 2)
    target.hit("count", 3)
    target.hit("other", 1)
    assert seen(b, 0) == {(5, -5, 0): 1, (5, -5, 1): 1}
    assert seen(b, 1) == {(0,): 1, (1,): 1, (2,): 1}
    assert seen(b, 2) == {(0,): 1}


def test_several_places_with_arguments_elsewhere_at_each(any_file, start, trace):
    target = start(any_file)
    b = trace(USDT(path=str(any_file)), {"many": 2})
    target.hit("many", 4)
    wanted = [(1000, n) for n in range(4)] + [(2000 + n, n) for n in range(4)] + [(3 * n, n) for n in range(4)]
    assert seen(b, 0) == {each: 1 for each in wanted}


def test_a_file_that_was_replaced_by_every_name_that_the_process_has_for_it(plain_file, start, trace, tmp_path):
    program = tmp_path / "program"
    shutil.copy(plain_file, program)
    target = start(program)
    shutil.copy("/bin/true", tmp_path / "new")
    os.rename(tmp_path / "new", program)
    for where in ({"pid": target.pid}, {"pid": target.pid, "path": str(program)}, {"path": "/proc/%d/exe" % target.pid},
                  {"pid": target.pid, "path": "/proc/%d/exe" % target.pid},
                  {"pid": target.pid, "path": "/proc/%d/root%s" % (target.pid, program)}):
        b = trace(USDT(**where), {"plain": 3})
        target.hit("plain", 2)
        assert seen(b, 0) == {(5, -5, 0): 1, (5, -5, 1): 1}, where
        b.cleanup()
    with pytest.raises(USDTException):
        USDT(path=str(program)).enable_probe("plain", "on_0")


def test_variables_wherever_the_file_is_loaded(any_file, start, trace):
    target = start(any_file)
    usdt = USDT(path=str(any_file))
    if any_file.name == "stripped":
        usdt.enable_probe("global", "on_global")
        with pytest.raises(Exception) as failed:
            BPF(text=reader("on_global", 2), usdt_contexts=[usdt])
        assert "Failed to compile" in str(failed.value)
        return
    b = trace(usdt, {"global": 2})
    target.hit("global", 2)
    assert seen(b, 0) == {(COUNTER, SMALL_COUNTER): 2}


def test_registers_and_their_parts(plain_file, start, trace):
    target = start(plain_file)
    b = trace(USDT(path=str(plain_file)), {"raw:registers": 13})
    target.hit("forms", 2)
    rax, r15 = 0x1122334455667788, 0x99aabbccddeeff01 - (1 << 64)
    assert seen(b, 0) == {(0x88, 0x77, 0x7788, 0x55667788, rax, 1, 1,
                           0xff01, 0xddeeff01, 0xddeeff01 - (1 << 32), 16, -1, -2): 2}
    assert r15 < 0


def test_memory_in_every_form(plain_file, start, trace):
    usdt = USDT(path=str(plain_file))
    assert usdt._usdt.complaints() == [
        '%s: raw:memory: argument "8f@%%xmm0": the kernel shows no floating-point registers (xmm0) to a probe'
        % plain_file]
    target = start(plain_file)
    b = trace(usdt, {"raw:memory": (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)})
    target.hit("forms", 2)
    two_and_a_half = 0x4004000000000000
    assert seen(b, 0) == {(11, -22, 33, -44, 0, COUNTER, SMALL_COUNTER, COUNTER, two_and_a_half, READ_FAILED): 2}


@pytest.mark.needs("kernel:5.15")
def test_places_with_the_same_last_bits_are_told_apart_by_cookies(any_file, start, trace):
    target = start(any_file)
    usdt = USDT(path=str(any_file))
    b = trace(usdt, {"same_bits": 2})
    assert "bpf_get_attach_cookie" in usdt.get_text()
    target.hit("same_bits", 3)
    assert seen(b, 0) == {**{(n, 10): 1 for n in range(3)}, **{(20, n): 1 for n in range(3)}}


def test_a_string_behind_an_argument(any_file, start):
    target = start(any_file)
    usdt = USDT(path=str(any_file))
    usdt.enable_probe("text", "on_text")
    text = """
struct text { char s[16]; };
BPF_HASH(texts, struct text, u64);
int on_text(struct pt_regs *ctx) {
    struct text t = {};
    u64 size = 0;
    if (bpf_usdt_readarg_p(1, ctx, t.s, sizeof(t.s) - 10) || bpf_usdt_readarg(2, ctx, &size)) return 0;
    u64 zero = 0, *count = texts.lookup_or_try_init(&t, &zero);
    if (count) *count += size;
    return 0;
}"""
    with BPF(text=text, usdt_contexts=[usdt]) as b:
        target.hit("plain", 3)
        assert {key.s: value.value for key, value in b["texts"].items()} == {b"hit 0": 32, b"hit 1": 32, b"hit 2": 32}


def test_a_guarded_probe_is_taken_only_while_it_is_attached(any_file, start, trace):
    target = start(any_file)
    assert target.hit("guarded", 5) == 0
    b = trace(USDT(path=str(any_file)), {"guarded": 1})
    assert target.hit("guarded", 5) == 5
    late = start(any_file)
    assert late.hit("guarded", 2) == 2
    assert seen(b, 0) == {(0,): 2, (1,): 2, (2,): 1, (3,): 1, (4,): 1}
    b.cleanup()
    assert target.hit("guarded", 5) == 0
    assert late.hit("guarded", 5) == 0


def test_a_guarded_probe_attached_by_its_address(plain_file, start):
    target = start(plain_file)
    usdt = USDT(pid=target.pid)
    usdt.enable_probe("guarded", "on_guarded")
    with BPF(text=reader("on_guarded", ())) as b:
        for path, function, address, pid in usdt.enumerate_active_probes():
            b.attach_uprobe(name=path, fn_name=function, addr=address, pid=pid)
        assert target.hit("guarded", 4) == 4
        assert sum(seen(b, "on_guarded").values()) == 4
    assert target.hit("guarded", 1) == 0


def test_two_tracers_count_the_semaphore_twice(plain_file, start, trace):
    target = start(plain_file)
    first = trace(USDT(path=str(plain_file)), {"guarded": 1})
    second = trace(USDT(path=str(plain_file)), {"guarded": 1})
    assert target.hit("guarded", 1) == 1
    first.cleanup()
    assert target.hit("guarded", 1) == 1
    assert seen(second, 0) == {(0,): 2}
    second.cleanup()
    assert target.hit("guarded", 1) == 0


def test_a_killed_tracer_leaves_no_semaphore_behind(plain_file, start):
    target = start(plain_file)
    script = """
import sys, time
from bcc import BPF, USDT
usdt = USDT(path=sys.argv[1])
usdt.enable_probe("guarded", "on_guarded")
b = BPF(text="int on_guarded(void *ctx) { return 0; }", usdt_contexts=[usdt])
print("attached", flush=True)
time.sleep(600)
"""
    tracer = subprocess.Popen([sys.executable, "-c", script, str(plain_file)], stdout=subprocess.PIPE)
    try:
        assert tracer.stdout.readline() == b"attached\n"
        assert target.hit("guarded", 1) == 1
    finally:
        tracer.kill()
        tracer.wait()
    assert target.hit("guarded", 1) == 0


def test_only_the_process_of_a_pid(plain_file, start, trace):
    wanted, other = start(plain_file), start(plain_file)
    b = trace(USDT(pid=wanted.pid, path=str(plain_file)), {"app:count": 1, "guarded": 1})
    assert wanted.hit("guarded", 2) == 2
    assert other.hit("guarded", 2) == 0
    wanted.hit("count", 1)
    other.hit("count", 3)
    assert seen(b, 0) == {(0,): 1}
    assert seen(b, 1) == {(0,): 1, (1,): 1}


def test_an_empty_path_is_none(plain_file, start):
    child = start(plain_file)
    assert [probe.name for probe in USDT(pid=child.pid, path="").enumerate_probes()] == \
        [probe.name for probe in USDT(pid=child.pid).enumerate_probes()] != []


def test_a_pid_may_be_ignored_when_attaching(plain_file, start, trace):
    wanted, other = start(plain_file), start(plain_file)
    b = trace(USDT(pid=wanted.pid), {"app:count": 1}, attach_usdt_ignore_pid=True)
    wanted.hit("count", 1)
    other.hit("count", 2)
    assert seen(b, 0) == {(0,): 2, (1,): 1}


def test_all_threads_of_a_process(plain_file, start, trace):
    target, other = start(plain_file), start(plain_file)
    b = trace(USDT(pid=target.pid), {"thread": 1, "many": 2})
    target.hit("thread", 3)
    other.hit("thread", 1)
    assert seen(b, 0) == {(0,): 1, (1,): 1, (2,): 1}
    assert sum(seen(b, 1).values()) == 9


def test_a_probe_of_a_library_and_one_that_program_and_library_have(tmp_path, start, trace):
    path = build(tmp_path, "with-part")
    target = start(path)
    usdt = USDT(pid=target.pid)
    carriers = {os.path.basename(each.bin_path) for each in usdt.enumerate_probes() if each.name == b"count"}
    assert carriers == {b"with-part", b"libpart.so"}
    b = trace(usdt, {"called": 1, "app:count": 1})
    target.hit("part", 2)
    target.hit("count", 1)
    assert seen(b, 0) == {(0,): 1, (1,): 1}
    assert seen(b, 1) == {(0,): 1, (100,): 1, (101,): 1}


def test_in_another_mount_namespace(plain_file, tmp_path, start, trace):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    target = start(plain_file, mounted_at=hidden)
    assert not (hidden / "target").exists()
    for usdt in (USDT(pid=target.pid), USDT(pid=target.pid, path=str(hidden / "target"))):
        b = trace(usdt, {"app:count": 1, "guarded": 1})
        target.hit("count", 2)
        assert target.hit("guarded", 1) == 1
        assert seen(b, 0) == {(0,): 1, (1,): 1}
        assert [each[0] for each in usdt.enumerate_active_probes()] == [str(hidden / "target").encode()] * 2
        b.cleanup()


def test_a_file_that_was_deleted_since(tmp_path, start, trace):
    path = build(tmp_path, "pie")
    target = start(path)
    path.unlink()
    b = trace(USDT(pid=target.pid), {"app:count": 1})
    target.hit("count", 2)
    assert seen(b, 0) == {(0,): 1, (1,): 1}


def test_a_helper_function_reads_for_the_program_that_it_is_in(plain_file, start):
    target = start(plain_file)
    usdt = USDT(path=str(plain_file))
    usdt.enable_probe("app:count", "on_app")
    usdt.enable_probe("other:count", "on_other")
    text = """
BPF_HISTOGRAM(sums);
static void add(struct pt_regs *ctx, int slot, int which) {
    u64 n = 0;
    if (bpf_usdt_readarg(which, ctx, &n) == 0) sums.increment(slot, n + 1);
}
int on_app(struct pt_regs *ctx) { add(ctx, 0, 1); return 0; }
int on_other(struct pt_regs *ctx) { add(ctx, 1, 1); return 0; }
"""
    with BPF(text=text, usdt_contexts=[usdt]) as b:
        target.hit("count", 3)
        target.hit("other", 2)
        assert (b["sums"][0].value, b["sums"][1].value) == (6, 3)


def test_one_program_for_several_probes(plain_file, start):
    target = start(plain_file)
    usdt = USDT(path=str(plain_file))
    for probe in ("app:count", "other:count", "thread"):
        usdt.enable_probe(probe, "on_any")
    with BPF(text=reader("on_any", 1), usdt_contexts=[usdt]) as b:
        target.hit("count", 2)
        target.hit("other", 1)
        target.hit("thread", 1)
        assert sum(seen(b, "on_any").values()) == 4
        assert seen(b, "on_any") == {(0,): 3, (1,): 1}


def test_narrow_variables_are_warned_of_and_not_cut(plain_file, start, capfd):
    target = start(plain_file)
    usdt = USDT(path=str(plain_file))
    usdt.enable_probe("app:count", "on_count")
    text = """
BPF_HASH(results, int, u64);
int on_count(struct pt_regs *ctx) {
    int n = 77;
    int result = bpf_usdt_readarg(1, ctx, &n);
    results.increment(result);
    results.increment(n);
    return 0;
}"""
    with BPF(text=text, usdt_contexts=[usdt]) as b:
        target.hit("count", 2)
        assert {key.value: value.value for key, value in b["results"].items()} == {-1: 2, 77: 2}
    warning = "warning: argument 1 of app:count is of type int64_t: reading it into 4 bytes gives -1"
    assert warning in capfd.readouterr().err


MISTAKES = [
    ("return bpf_usdt_readarg(3, ctx, &x);", "error: app:global has 2 arguments, not 3"),
    ("return bpf_usdt_readarg(0, ctx, &x);", "error: the argument of a USDT probe is named by a constant, from 1 on"),
    ("return bpf_usdt_readarg(bpf_get_prandom_u32(), ctx, &x);",
     "error: the argument of a USDT probe is named by a constant, from 1 on"),
]


@pytest.mark.parametrize("line, message", MISTAKES)
def test_mistakes_are_told_at_their_lines(plain_file, line, message, capfd):
    usdt = USDT(path=str(plain_file))
    usdt.enable_probe("global", "on_global")
    with pytest.raises(Exception):
        BPF(text="int on_global(struct pt_regs *ctx) {\n    u64 x;\n    %s\n}\n" % line, usdt_contexts=[usdt])
    said = capfd.readouterr().err
    assert said.startswith("/virtual/main.c:3:12: " + message), said
    assert said.count("error:") == 1


def test_a_program_that_nothing_is_enabled_for(capfd):
    with pytest.raises(Exception):
        BPF(text="int on_gc(struct pt_regs *ctx) {\n    u64 x;\n    return bpf_usdt_readarg(1, ctx, &x);\n}\n")
    assert "/virtual/main.c:3:12: error: no USDT probe is enabled for on_gc" in capfd.readouterr().err


def test_an_argument_that_cannot_be_read_is_an_error_where_it_is_asked_for(plain_file, capfd):
    usdt = USDT(path=str(plain_file))
    usdt.enable_probe("raw:memory", "on_memory")
    with pytest.raises(Exception):
        BPF(text="int on_memory(struct pt_regs *ctx) {\n    u64 x;\n    return bpf_usdt_readarg(10, ctx, &x);\n}\n",
            usdt_contexts=[usdt])
    assert "error: argument 10 of raw:memory cannot be read" in capfd.readouterr().err


def test_names_that_are_wrong(plain_file):
    usdt = USDT(path=str(plain_file))
    for probe, function, words in [("guardd", "f", "no USDT probe guardd in %s; nearest: guarded" % plain_file),
                                   ("count", "f", "several providers have a probe count: app and other"),
                                   ("app:nothing_like_it", "f", "no USDT probe app:nothing_like_it"),
                                   ("guarded", "f; x", '"f; x" is no name of a C function')]:
        with pytest.raises(USDTException) as failed:
            usdt.enable_probe(probe, function)
        assert words in str(failed.value)
    assert usdt.enumerate_active_probes() == []


def test_files_and_processes_that_are_not_there(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for options, words in [({"path": "/no/such/file"}, "USDT failed to instrument path /no/such/file"),
                           ({"path": str(fifo)}, "USDT failed to instrument path"),
                           ({"path": "/etc/passwd"}, "not an ELF file"),
                           ({"pid": 2 ** 22 + 1}, "USDT failed to instrument PID 4194305"),
                           ({}, "either a pid or a binary path")]:
        with pytest.raises(USDTException) as failed:
            USDT(**options)
        assert words in str(failed.value)


def test_enumeration_says_what_readelf_says(plain_file):
    notes = subprocess.run(["readelf", "-n", plain_file], capture_output=True, text=True, check=True).stdout
    wanted, provider = set(), None
    for line in notes.splitlines():
        words = line.split()
        if words[:1] == ["Provider:"]:
            provider = words[1]
        if words[:1] == ["Name:"]:
            name = words[1]
        if words[:1] == ["Location:"]:
            wanted.add((provider, name, int(words[1].rstrip(","), 16), int(words[5], 16)))
    found = set()
    for probe in USDT(path=str(plain_file)).enumerate_probes():
        for index in range(probe.num_locations):
            address = probe.get_location(index).address
            found.add((probe.provider.decode(), probe.name.decode(), address, probe.semaphore))
    assert found == wanted
    assert len(found) == 15


def test_probes_locations_and_arguments_as_text(plain_file):
    probes = {each.short_name(): each for each in USDT(path=str(plain_file)).enumerate_probes()}
    memory = probes["raw:memory"]
    assert str(memory) == "raw:memory [sema 0x0]"
    assert (memory.num_locations, memory.num_arguments, memory.bin_path) == (1, 11, bytes(plain_file))
    location = memory.get_location(0)
    assert str(location) == "%s 0x%x" % (plain_file, location.address)
    assert [str(location.get_argument(i)) for i in (0, 1, 3, 4, 5)] == [
        "8 signed   bytes @ *(bx + 0)", "8 signed   bytes @ *(bx + 8)", "8 signed   bytes @ *(bx + 8 + cx * 8)",
        "4 unsigned bytes @ *(bx - 4 + cx * 4)", "8 signed   bytes @ *(&counter)"]
    registers = probes["raw:registers"].get_location(0)
    assert [str(registers.get_argument(i)) for i in (0, 3, 10)] == [
        "1 unsigned bytes @ ax", "4 signed   bytes @ ax", "4 unsigned bytes @ 16"]
    assert registers.get_argument(10).constant == 16
    assert not hasattr(registers.get_argument(10), "base_register_name")
    assert probes["app:guarded"].semaphore != 0
    usdt = USDT(path=str(plain_file))
    assert [usdt.get_probe_arg_ctype("kinds", i) for i in range(9)] == [
        "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t", "uint32_t", "int64_t", "uint64_t", ""]


def test_the_text_of_the_readers_is_c_that_scripts_may_put_before_their_own(plain_file, start):
    target = start(plain_file)
    usdt = USDT(path=str(plain_file))
    usdt.enable_probe("app:count", "on_count")
    text = usdt.get_text()
    assert "_bpf_readarg_on_count_1(struct pt_regs *ctx, void *dest, size_t len)" in text
    with BPF(text=text + reader("on_count", 1)) as b:
        usdt.attach_uprobes(b, False)
        target.hit("count", 1)
        assert seen(b, "on_count") == {(0,): 1}


def test_enable_probe_or_bail(plain_file, capsys):
    usdt = USDT(path=Path(plain_file).as_posix())
    with pytest.raises(SystemExit) as ended:
        usdt.enable_probe_or_bail("nothing_like_it", "f")
    assert ended.value.code == 1
    assert "no USDT probe nothing_like_it" in capsys.readouterr().err
