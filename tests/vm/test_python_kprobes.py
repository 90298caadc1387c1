"""The Python package on a kernel with kprobes and trampolines: BCC's scripts, attaching, detaching, patterns."""
import os

import pytest
from bcc import BPF, _get_num_open_probes
from hello import GREETING, said_to_forks

COUNT = "BPF_ARRAY(hits, u64, 1);\n"
MINE = "if ((bpf_get_current_pid_tgid() >> 32) == PID) hits.increment(0); return 0;"
CFLAGS = ["-DPID=%d" % os.getpid()]


@pytest.fixture
def load(tables):
    return lambda text, **options: tables(COUNT + text.replace("MINE", MINE), cflags=CFLAGS, **options)


def hits(b):
    return b["hits"][0].value


def read_file(times=1):
    for _ in range(times):
        with open("/proc/self/comm", "rb") as file:
            file.read()


def test_hello_world():
    said = said_to_forks(deadline_s=60)
    assert GREETING in said, said


@pytest.mark.needs("kprobe")
def test_kprobes_and_kretprobes(load):
    b = load("int enter(struct pt_regs *ctx) { MINE }")
    assert b.attach_kprobe(event="vfs_read", fn_name="enter") is b
    assert b.attach_kretprobe(event=b"vfs_read", fn_name=b"enter") is b
    assert b.num_open_kprobes() == 2 == _get_num_open_probes()
    assert set(b.kprobe_fds) == {b"p_vfs_read", b"r_vfs_read"}
    read_file(10)
    seen = hits(b)
    assert seen >= 20
    b.detach_kretprobe("vfs_read")
    b.detach_kprobe(event="vfs_read", fn_name="enter")
    assert b.num_open_kprobes() == 0 == _get_num_open_probes()
    read_file(10)
    assert hits(b) == seen
    with pytest.raises(Exception, match="Kprobe p_vfs_read is not attached"):
        b.detach_kprobe("vfs_read")


@pytest.mark.needs("kprobe")
def test_kprobes_by_name_and_their_arguments(load):
    b = load("""BPF_HASH(sizes, u64, u64);
        int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char *buf, size_t count) {
            u64 size = count;
            if ((bpf_get_current_pid_tgid() >> 32) == PID) sizes.increment(size);
            return 0;
        }
        int kretprobe__vfs_read(struct pt_regs *ctx) { MINE }""")
    assert b.num_open_kprobes() == 2
    with open("/proc/self/comm", "rb", buffering=0) as file:
        file.read(12345)
    assert b["sizes"][12345].value == 1 and hits(b) >= 1


@pytest.mark.needs("kprobe")
def test_two_programs_on_one_function(load):
    b = load("int one(void *ctx) { MINE } int two(void *ctx) { return 0; }")
    b.attach_kprobe("vfs_read", fn_name="one")
    b.attach_kprobe("vfs_read", fn_name="two")
    assert b.num_open_kprobes() == 1 and set(b.kprobe_fds[b"p_vfs_read"]) == {b"one", b"two"}
    b.detach_kprobe("vfs_read", fn_name="two")
    read_file()
    assert hits(b) >= 1 and b.num_open_kprobes() == 1


@pytest.mark.needs("kprobe")
def test_system_calls(load):
    b = load("int enter(void *ctx) { MINE }")
    b.attach_kprobe(event=b.get_syscall_fnname("getpriority"), fn_name="enter")
    for _ in range(5):
        os.getpriority(os.PRIO_PROCESS, 0)
    assert hits(b) == 5


@pytest.mark.needs("kprobe")
def test_functions_by_pattern(load):
    b = load("int enter(void *ctx) { MINE }")
    matches = BPF.get_kprobe_functions(b"vfs_(read|write|open)")
    assert matches == {b"vfs_read", b"vfs_write", b"vfs_open"}
    assert b.attach_kprobe(event_re="vfs_(read|write|open)", fn_name="enter") is None
    assert b.num_open_kprobes() == 3
    read_file()
    assert hits(b) >= 2
    b.cleanup()
    assert _get_num_open_probes() == 0


@pytest.mark.needs("kprobe")
def test_a_place_as_the_kernel_writes_it(load):
    b = load("int enter(void *ctx) { MINE }")
    b.attach_kprobe(event="vfs_read+0x0", fn_name="enter")
    assert set(b.kprobe_fds) == {b"p_vfs_read_0x0"}
    read_file()
    seen = hits(b)
    b.detach_kprobe("vfs_read+0x0")
    read_file()
    assert hits(b) == seen >= 1 and b.num_open_kprobes() == 0
    with pytest.raises(Exception, match="to kprobe vfs_read\\+x: "):
        b.attach_kprobe(event="vfs_read+x", fn_name="enter")


@pytest.mark.needs("kprobe")
def test_an_offset_inside_an_instruction(load):
    b = load("int enter(void *ctx) { MINE }")
    with pytest.raises(Exception, match="(?s)to kprobe vfs_read: kprobe vfs_read\\+1: .*instruction"):
        b.attach_kprobe(event="vfs_read", event_off=1, fn_name="enter")


@pytest.mark.needs("kprobe")
def test_a_misspelt_function_is_named(load):
    b = load("int enter(void *ctx) { MINE }")
    failed = "Failed to attach BPF program enter to kprobe vfs_raed, it's not traceable.*vfs_read"
    with pytest.raises(Exception, match=failed):
        b.attach_kprobe(event="vfs_raed", fn_name="enter")


@pytest.mark.needs("kprobe")
def test_kernel_stack_of_a_kprobe(load):
    b = load("""BPF_STACK_TRACE(stacks, 1024); BPF_HASH(ids, int, u64);
        int kprobe__vfs_read(struct pt_regs *ctx) {
            int id = stacks.get_stackid(ctx, 0);
            if ((bpf_get_current_pid_tgid() >> 32) == PID) ids.increment(id);
            return 0;
        }""")
    read_file()
    names = [b.ksym(address) for key in b["ids"] for address in b["stacks"].walk(key.value)]
    assert b"vfs_read" in names and any(b"ksys_read" in name for name in names), names


@pytest.mark.needs("fentry")
def test_trampolines(load):
    assert BPF.support_kfunc()
    b = load("""KFUNC_PROBE(vfs_read, struct file *file) { MINE }
        KRETFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t ret) { MINE }""")
    assert set(b.kfunc_entry_fds) == {b"kfunc__vmlinux__vfs_read"}
    read_file(10)
    seen = hits(b)
    assert seen >= 20
    with pytest.raises(Exception, match="has been attached"):
        b.attach_kfunc("vmlinux__vfs_read")
    b.detach_kfunc("vmlinux__vfs_read")
    b.detach_kretfunc(b"kretfunc__vmlinux__vfs_read")
    read_file(10)
    assert hits(b) == seen
    b.attach_kfunc("vmlinux__vfs_read")
    read_file()
    assert hits(b) > seen


def test_an_object_leaves_nothing_behind(load):
    before = len(os.listdir("/proc/self/fd"))
    with BPF(text=COUNT + "int enter(void *ctx) { %s }" % MINE, cflags=CFLAGS) as b:
        b.attach_kprobe(event="vfs_read", fn_name="enter")
        b.attach_kretprobe(event="vfs_read", fn_name="enter", maxactive=64)
    assert len(os.listdir("/proc/self/fd")) == before
    assert "vfs_read" not in open("/sys/kernel/tracing/kprobe_events").read()
