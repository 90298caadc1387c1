"""A kprobe's program does the same in a trampoline, where it is put into one; and it says why where it is not."""
import contextlib
import ctypes
import os
import threading

import pytest
from bcc import BPF
from kernel_features import kernel_has

LIBC = ctypes.CDLL(None, use_errno=True)
MINE = "if ((bpf_get_current_pid_tgid() >> 32) != PID) return 0;\n"
CFLAGS = ["-DPID=%d" % os.getpid()]
GATE = "BPF_ARRAY(gate, u64, 1);\n"  # what else this process does does not count
ONLY_WHILE_OPEN = "{ int first = 0; u64 *open = gate.lookup(&first); if (!open || !*open) return 0; }\n"
FALLOCATE_MODE = -5  # no mode: the kernel refuses it, but passes it on before
pytestmark = [pytest.mark.needs("kprobe"), pytest.mark.needs("fentry")]


@pytest.fixture
def choose(monkeypatch):
    """choose("kprobe") before a program is made; choose("") leaves the choice to sonde."""
    def make(forced):
        if forced:
            monkeypatch.setenv("SONDE_ATTACH", forced)
        else:
            monkeypatch.delenv("SONDE_ATTACH", raising=False)
    return make


@contextlib.contextmanager
def same_descriptors():
    """The next descriptors that are opened are 100, 101, ... whatever is open."""
    taken = [os.dup(0)]
    while taken[-1] < 99:
        taken.append(os.dup(0))
    yield
    for fd in taken:
        os.close(fd)


def work():
    """System calls with the same arguments and results each time."""
    for path in (b"/proc/self/comm", b"/no/such/file", b"/proc/self/stat"):
        fd = LIBC.open(path, os.O_RDONLY)
        if fd >= 0:
            LIBC.read(fd, ctypes.create_string_buffer(64), 33)
            LIBC.lseek(fd, ctypes.c_long(-3), os.SEEK_SET)
            LIBC.close(fd)
    fd = LIBC.memfd_create(b"probed", 0)
    LIBC.fallocate(fd, FALLOCATE_MODE, ctypes.c_long(0), ctypes.c_long(1 << 33))
    LIBC.fallocate(fd, 0, ctypes.c_long(0), ctypes.c_long(1 << 16))
    LIBC.write(fd, b"x" * 77, ctypes.c_long(77))
    LIBC.fsync(fd)
    LIBC.close(fd)
    LIBC.getppid()
    for which, who in ((0, 0), (0, -1), (7, 1)):
        LIBC.getpriority(which, who)


def observed(text, probes):
    """What the program's maps hold and which events it sent, and to what it was attached."""
    b = BPF(text=GATE + text.replace("MINE", MINE + ONLY_WHILE_OPEN), cflags=CFLAGS)
    try:
        events = []
        if "BPF_PERF_OUTPUT(events)" in text:
            b["events"].open_perf_buffer(lambda cpu, data, size: events.append(ctypes.string_at(data, size)))
        for kind, function, program in probes:
            attach = b.attach_kretprobe if kind == "return" else b.attach_kprobe
            if function.startswith("SYS_"):
                function = b.get_syscall_fnname(function[4:])
            attach(event=function, fn_name=program)
        chosen = {each.wanted: each.chosen.split(":")[0] for each in b.attachments()}
        with same_descriptors():
            b["gate"][0] = ctypes.c_ulonglong(1)
            work()
            b["gate"][0] = ctypes.c_ulonglong(0)
        b.perf_buffer_poll(0)
        seen = sorted((bytes(key), bytes(value)) for key, value in b["seen"].items()) if "seen" in text else []
        return (seen, sorted(events)), chosen
    finally:
        b.cleanup()


COUNT = "BPF_HASH(seen, struct key, u64);\n"
ADD = "seen.increment(key);"
FUNCTIONS = {
    "pointers_and_long_arguments": ("""
        struct key { u64 count; u64 inode; u64 has_position; char comm[16]; };""" + COUNT + """
        int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char *buf, size_t count, loff_t *position) { MINE
            struct key key = {count, file->f_inode->i_mode, position != 0};
            bpf_get_current_comm(&key.comm, sizeof(key.comm)); ADD return 0; }""", []),
    "registers_by_number": ("""struct key { u64 a, b, c; };""" + COUNT + """
        int probe(struct pt_regs *ctx) { MINE
            struct file *file = (struct file *)PT_REGS_PARM1(ctx);
            struct key key = {file->f_flags, PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx) != 0}; ADD return 0; }""",
                            [("entry", "vfs_write", "probe")]),
    "arithmetic_on_pointers": ("""struct key { u64 low, sum, shifted; };""" + COUNT + """
        int probe(struct pt_regs *ctx, struct file *file, char *buf, size_t count) { MINE
            u64 word = (u64)file;
            struct key key = {word & 7, (word * 8 + count) & 7, (word >> 47) ^ (word >> 48)};
            if ((u32)word == 1 || word % 3 == 77) key.low = 1;
            ADD return 0; }""", [("entry", "vfs_write", "probe")]),
    "narrow_arguments": ("""
        struct key { int mode; short half; u8 byte; s64 wide; u64 offset, length; };""" + COUNT + """
        int probe(struct pt_regs *ctx, struct file *file, int mode, loff_t offset, loff_t length) { MINE
            struct key key = {}; key.mode = mode; key.half = mode; key.byte = mode; key.wide = mode;
            key.offset = offset; key.length = length; ADD return 0; }""", [("entry", "vfs_fallocate", "probe")]),
    "strings_in_events": ("""struct data { char path[64]; int dfd; u32 pid; };
        BPF_PERF_OUTPUT(events);
        int probe(struct pt_regs *ctx, int dfd, const char *path) { MINE
            struct data data = {}; data.dfd = dfd; data.pid = bpf_get_current_pid_tgid();
            bpf_probe_read_user_str(data.path, sizeof(data.path), path);
            events.perf_submit(ctx, &data, sizeof(data)); return 0; }""", [("entry", "do_sys_openat2", "probe")]),
    "results": ("""struct key { u64 whole; s64 signed_int; int narrow; u8 low; };""" + COUNT + """
        int probe(struct pt_regs *ctx) { MINE
            struct key key = {}; key.whole = PT_REGS_RC(ctx); key.narrow = PT_REGS_RC(ctx); key.low = PT_REGS_RC(ctx);
            key.signed_int = (int)PT_REGS_RC(ctx); ADD return 0; }""",
                [("return", "vfs_fallocate", "probe"), ("return", "do_sys_openat2", "probe"),
                 ("return", "vfs_write", "probe")]),
    "system_calls_by_name": ("""struct key { int which, who; };""" + COUNT + """
        int kprobe__sys_getpriority(struct pt_regs *ctx, int which, int who) { MINE
            struct key key = {which, who}; ADD return 0; }""", []),
    "system_calls_by_driver": ("""struct key { int which, who; s64 result; };""" + COUNT + """
        int syscall__enter(struct pt_regs *ctx, int which, int who) { MINE
            struct key key = {which, who}; ADD return 0; }
        int leave(struct pt_regs *ctx) { MINE struct key key = {0, 0, PT_REGS_RC(ctx)}; ADD return 0; }""",
                               [("entry", "SYS_getpriority", "syscall__enter"),
                                ("return", "SYS_getpriority", "leave")]),
    "system_calls_without_arguments": ("""struct key { u64 address; s64 result; };""" + COUNT + """
        int enter(struct pt_regs *ctx) { MINE struct key key = {bpf_get_func_ip(ctx)}; ADD return 0; }
        int leave(struct pt_regs *ctx) { MINE
            struct key key = {bpf_get_func_ip(ctx), PT_REGS_RC(ctx)}; ADD return 0; }""",
                                       [("entry", "SYS_getppid", "enter"), ("return", "SYS_getppid", "leave")]),
    "entry_to_return": ("""struct key { u64 inode_mode; s64 result; };""" + COUNT + """
        BPF_HASH(pending, u64, struct file *);
        int enter(struct pt_regs *ctx, struct file *file) { MINE
            u64 id = bpf_get_current_pid_tgid(); pending.update(&id, &file); return 0; }
        int leave(struct pt_regs *ctx) { MINE
            u64 id = bpf_get_current_pid_tgid(); struct file **file = pending.lookup(&id);
            if (!file) return 0;
            struct key key = {(*file)->f_inode->i_mode, PT_REGS_RC(ctx)}; pending.delete(&id); ADD return 0; }""",
                        [("entry", "vfs_read", "enter"), ("return", "vfs_read", "leave")]),
    "addresses_and_cookies": ("""struct key { u64 address, cookie; };""" + COUNT + """
        int probe(struct pt_regs *ctx) { MINE
            struct key key = {bpf_get_func_ip(ctx), bpf_get_attach_cookie(ctx)}; ADD return 0; }
        """, [("entry", "vfs_write", "probe"), ("return", "vfs_write", "probe")]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_trampoline_sees_what_a_kprobe_sees(name, choose):
    text, probes = FUNCTIONS[name]
    text = text.replace("ADD", ADD)
    choose("kprobe")
    plain, chosen = observed(text, probes)
    assert set(chosen.values()) <= {"kprobe", "kretprobe"} and plain != ([], [])
    choose("")
    faster, chosen = observed(text, probes)
    trampolines = {"fentry", "fexit"} if kernel_has("trampoline_arguments") else {"kprobe", "kretprobe"}
    assert set(chosen.values()) <= trampolines, chosen
    assert faster == plain


def test_user_stacks_are_the_same(choose):
    text = """BPF_STACK_TRACE(stacks, 1024); BPF_HASH(ids, int, u64);
        int probe(struct pt_regs *ctx) { MINE
            int id = stacks.get_stackid(ctx, BPF_F_USER_STACK); ids.increment(id); return 0; }"""
    tops = {}
    for forced in ("kprobe", ""):
        choose(forced)
        b = BPF(text=text.replace("MINE", MINE), cflags=CFLAGS)
        b.attach_kprobe(event="vfs_fallocate", fn_name="probe")
        work()
        tops[b.attachments()[0].chosen] = {list(b["stacks"].walk(key.value))[0] for key in b["ids"].keys()}
        b.cleanup()
    assert set(tops) == {"kprobe:vfs_fallocate", "fentry:vfs_fallocate"}
    assert tops["kprobe:vfs_fallocate"] == tops["fentry:vfs_fallocate"] != set()


KEPT = {
    "int p(struct pt_regs *ctx) { return stacks.get_stackid(ctx, 0); }": "a kernel stack has other frames",
    "int p(struct pt_regs *ctx) { u64 x = PT_REGS_IP(ctx); return x != 0; }": "registers that hold no argument",
    "int p(struct pt_regs *ctx) { u64 x = PT_REGS_SP(ctx); return x != 0; }": "registers that hold no argument",
    "int p(struct pt_regs *ctx) { u64 x = PT_REGS_PARM5(ctx); return x != 0; }":
        "reads 5 arguments, the function has 4",
    "int p(struct pt_regs *ctx) { struct pt_regs r = *ctx; return r.ip == 5; }": "registers",
    "int p(struct pt_regs *ctx) { struct pt_regs r; bpf_probe_read_kernel(&r, sizeof(r), ctx); return r.ip == 5; }":
        "registers",
}


@pytest.mark.parametrize("program", KEPT)
def test_what_would_not_be_the_same_stays_a_kprobe(program, choose):
    choose("")
    b = BPF(text="BPF_STACK_TRACE(stacks, 64);\n" + program)
    b.attach_kprobe(event="vfs_write", fn_name="p")
    attached, = b.attachments()
    b.cleanup()
    assert attached.program == "p" and attached.wanted == attached.chosen == "kprobe:vfs_write"
    assert KEPT[program] in attached.why, attached


def attach_inside(b, function, program):
    """At the second instruction, which comes after an endbr64 or after the call of ftrace."""
    try:
        b.attach_kprobe(event=function, event_off=4, fn_name=program)
    except Exception:
        b.attach_kprobe(event=function, event_off=5, fn_name=program)


def test_functions_that_stay_kprobes(choose):
    choose("")
    b = BPF(text="int p(struct pt_regs *ctx) { return 0; } "
            "int r(struct pt_regs *ctx) { return PT_REGS_PARM1(ctx) == 3; }")
    attach_inside(b, "vfs_write", "p")
    b.attach_kprobe(event="_raw_spin_lock_bh", fn_name="p")
    b.attach_kretprobe(event="vfs_write", fn_name="r")
    why = {each.chosen: each.why for each in b.attachments()}
    b.cleanup()
    assert why == {"kprobe:vfs_write": "it is inside the function",
                   "kprobe:_raw_spin_lock_bh": "programs call this function themselves",
                   "kretprobe:vfs_write": "the program reads registers other than the return value"}


def test_wide_reads_of_a_narrow_argument(choose):
    """Linux before 6.6 saves only as many bytes as the argument has; what lies above is not the register's."""
    text = """struct key { u64 mode; };""" + COUNT + """
        int probe(struct pt_regs *ctx) { MINE struct key key = {PT_REGS_PARM2(ctx)}; """ + ADD + """ return 0; }"""
    probes = [("entry", "vfs_fallocate", "probe")]
    choose("kprobe")
    plain, _ = observed(text, probes)
    choose("")
    faster, chosen = observed(text, probes)
    release = tuple(int(each) for each in os.uname().release.split(".")[:2])
    assert list(chosen.values()) == ["fentry" if release >= (6, 6) else "kprobe"]
    assert faster == plain


def test_a_program_has_so_many_trampolines_and_then_kprobes(choose):
    choose("")
    b = BPF(text="int p(struct pt_regs *ctx) { return 0; }")
    found = sorted(b.get_kprobe_functions(b"vfs_.*|generic_file_.*"))
    functions = [name for name in found if name != b"vfs_write"][:34]
    for function in functions:
        b.attach_kprobe(event=function, fn_name="p")
    chosen = [each.chosen.split(":")[0] for each in b.attachments()]
    b.cleanup()
    assert chosen.count("fentry") == 32 and chosen[-1] == "kprobe"


COUNT_RETURNS = """BPF_ARRAY(counts, u64, 2);
    int enter(struct pt_regs *ctx) { MINE counts.increment(0); return 0; }
    int leave(struct pt_regs *ctx) { MINE counts.increment(1); return 0; }"""
SLEEPERS, CALLS = 200, 500


def returns_while_many_sleep():
    """Entries and returns of pipe_read: 200 threads block in it while this one calls it 500 times."""
    b = BPF(text=COUNT_RETURNS.replace("MINE", MINE), cflags=CFLAGS)
    b.attach_kretprobe(event="pipe_read", fn_name="leave")
    b.attach_kprobe(event="pipe_read", fn_name="enter")
    pipes = [os.pipe() for _ in range(SLEEPERS)]
    threads = [threading.Thread(target=os.read, args=(pipe[0], 1)) for pipe in pipes]
    for thread in threads:
        thread.start()
    while b["counts"][0].value < SLEEPERS:
        pass
    full = os.pipe()
    os.write(full[1], b"x" * CALLS)
    for _ in range(CALLS):
        os.read(full[0], 1)
    for pipe in pipes:
        os.write(pipe[1], b"x")
    for thread in threads:
        thread.join()
    counts = b["counts"][0].value, b["counts"][1].value
    b.cleanup()
    for fd in [end for pipe in [full, *pipes] for end in pipe]:
        os.close(fd)
    return counts


def test_no_return_is_missed(choose):
    threading.stack_size(256 << 10)
    choose("")
    assert returns_while_many_sleep() == (SLEEPERS + CALLS, SLEEPERS + CALLS)
    choose("kprobe")
    entries, returns = returns_while_many_sleep()
    assert entries == SLEEPERS + CALLS and returns < entries  # what a kretprobe misses


@pytest.mark.needs("kprobe_multi")
@pytest.mark.parametrize("kind, attach, detach", [("kprobe", "attach_kprobe", "detach_kprobe"),
                                                  ("kretprobe", "attach_kretprobe", "detach_kretprobe")])
def test_many_functions_in_one_link(kind, attach, detach, choose):
    choose("")
    b = BPF(text=COUNT_RETURNS.replace("MINE", MINE), cflags=CFLAGS)
    getattr(b, attach)(event_re="vfs_(read|write|open|fallocate)", fn_name="enter")
    assert b.num_open_kprobes() == 4
    attached, = b.attachments()
    assert attached.chosen == kind + "_multi:4 functions" and attached.why == "4 functions in one link"
    fd = os.memfd_create("probed")
    for _ in range(10):
        os.write(fd, b"x")
    assert b["counts"][0].value == 10
    getattr(b, detach)("vfs_write")
    assert b.num_open_kprobes() == 3
    os.write(fd, b"x")
    assert b["counts"][0].value == 10
    os.lseek(fd, 0, os.SEEK_SET)
    os.read(fd, 5)
    assert b["counts"][0].value == 11
    os.close(fd)
    b.cleanup()


def test_an_attachment_that_fails_says_what_a_kprobe_would(choose):
    choose("")
    b = BPF(text="int p(struct pt_regs *ctx) { return 0; }")
    with pytest.raises(Exception, match="kprobe vfs_raed: no such function in this kernel; nearest: vfs_read"):
        b.attach_kprobe(event="vfs_raed", fn_name="p")
    assert b.attachments() == []
    b.cleanup()
