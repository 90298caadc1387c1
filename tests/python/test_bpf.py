"""The class BPF: its constructor, programs, attaching and detaching, and what it knows about the kernel."""
import ctypes as ct
import os
import subprocess
import sys
import time

import bcc
import pytest
from bcc import BPF, PerfSWConfig, PerfType

from getppid_program import set_off

COUNT = "BPF_ARRAY(hits, u64, 1); static void hit(void) { int zero = 0; u64 *n = hits.lookup(&zero); if (n) (*n)++; }\n"
MINE = "if ((bpf_get_current_pid_tgid() >> 32) != PID) return 0; "
CFLAGS = ["-DPID=%d" % os.getpid()]


def counting(*programs):
    """A BPF object whose programs count into hits[0] what this process does."""
    mine = (each.replace("{", "{ " + MINE + "hit(); return 0; ", 1) for each in programs)
    return BPF(text=COUNT + "\n".join(mine), cflags=CFLAGS)


def hits(b):
    return b["hits"][0].value


@pytest.mark.parametrize("text", [b"BPF_HASH(h);", "BPF_HASH(h); // caf\u00e9"])
def test_text_may_be_bytes_or_str(text):
    with BPF(text=text) as b:
        assert len(b["h"]) == 0


def test_source_files(tmp_path, monkeypatch):
    source = tmp_path / "prog.c"
    source.write_text('#include "parts.h"\nBPF_HASH(h, u32, LEAF);')
    (tmp_path / "parts.h").write_text("#define LEAF u16")
    for name in (str(source), os.fsencode(source)):
        with BPF(src_file=name) as b:
            assert b["h"].Leaf is ct.c_ushort
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "script.py")])
    with BPF(b"prog.c") as b:
        assert "h" in [name for name in b._session.map_names()]
    with pytest.raises(Exception, match="^Could not find file no-such.c$"):
        BPF(src_file="no-such.c")
    with pytest.raises(AssertionError):
        BPF(src_file=str(source), text="int x;")
    with pytest.raises(TypeError):
        BPF()


def test_flags_reach_the_compiler():
    with BPF(text="BPF_HASH(h, u32, LEAF, SIZE);", cflags=["-DLEAF=u8", b"-DSIZE=77"]) as b:
        assert b["h"].Leaf is ct.c_ubyte and b["h"].max_entries == 77


def test_a_mistake_is_shown_where_it_is(capfd):
    with pytest.raises(Exception) as failure:
        BPF(text="BPF_HASH(h);\nint f(void *ctx) { return undeclared; }")
    assert str(failure.value).split("\n")[0] == "Failed to compile BPF module <text>"
    assert type(failure.value) is Exception
    err = capfd.readouterr().err
    assert "/virtual/main.c:2:27: error: " in err and "undeclared" in err


def test_a_mistake_in_a_file_names_the_file(tmp_path, capfd):
    source = tmp_path / "prog.c"
    source.write_text("int f(void *ctx) { return 0 }")
    with pytest.raises(Exception, match="Failed to compile BPF module .*prog.c"):
        BPF(src_file=str(source))
    assert "%s:1:28: error:" % source in capfd.readouterr().err


def test_the_verifier_is_quoted():
    b = BPF(text="int f(void *ctx) {\n  u64 *p = (u64 *)bpf_get_current_task();\n  for (;;) { bpf_ktime_get_ns(); }\n"
            "  return 0; }")
    with pytest.raises(Exception, match="Failed to load BPF program f: "):
        b.load_func("f", BPF.KPROBE)
    b.cleanup()


def test_programs():
    b = BPF(text="int first(void *ctx) { return 0; } int second(struct __sk_buff *skb) { return 1; }")
    function = b.load_func("first", BPF.KPROBE)
    assert (function.name, function.bpf, b.funcs[b"first"]) == (b"first", b, function) and function.fd > 2
    assert b.load_func(b"first", BPF.KPROBE) is function
    assert b.load_func("second", BPF.SOCKET_FILTER).fd != function.fd
    code = b.dump_func("first")
    assert len(code) % 8 == 0 and code[-8] == 0x95  # exit
    with pytest.raises(Exception, match="^Unknown program third$"):
        b.load_func("third", BPF.KPROBE)
    b.cleanup()


@pytest.mark.needs("tracepoint:raw_syscalls:sys_enter")
def test_attaching_by_name():
    b = counting("TRACEPOINT_PROBE(raw_syscalls, sys_enter) { }")
    set_off(5)
    assert hits(b) >= 5 and b.num_open_tracepoints() == 1
    b.detach_tracepoint("raw_syscalls:sys_enter")
    seen = hits(b)
    set_off(5)
    assert hits(b) == seen and b.num_open_tracepoints() == 0
    with pytest.raises(Exception, match="Tracepoint raw_syscalls:sys_enter is not attached"):
        b.detach_tracepoint(b"raw_syscalls:sys_enter")
    b.cleanup()


@pytest.mark.needs("tracepoint:raw_syscalls:sys_enter")
def test_tracepoints():
    b = counting("int enter(void *ctx) { }")
    assert b.attach_tracepoint(tp="raw_syscalls:sys_enter", fn_name="enter") is b
    set_off(5)
    assert hits(b) >= 5
    with pytest.raises(Exception, match="attached there already"):
        b.attach_tracepoint(tp=b"raw_syscalls:sys_enter", fn_name="enter")
    b.detach_tracepoint(b"raw_syscalls:sys_enter")
    assert b.attach_tracepoint(tp_re="raw_syscalls:sys_e(nter|xit)", fn_name=b"enter") is None
    assert b.num_open_tracepoints() == 2
    with pytest.raises(Exception, match="Failed to attach BPF program enter to tracepoint raw_syscalls:sys_entre"):
        b.attach_tracepoint(tp="raw_syscalls:sys_entre", fn_name="enter")
    with pytest.raises(Exception, match="Unknown program missing"):
        b.attach_tracepoint(tp="raw_syscalls:sys_enter", fn_name="missing")
    b.cleanup()


def test_tracepoint_arguments(run):
    b = BPF(text="""BPF_ARRAY(id, u64, 1);
        TRACEPOINT_PROBE(raw_syscalls, sys_enter) { %s
            int zero = 0; u64 id_ = args->id; if (id_ == 110) id.update(&zero, &id_); return 0; }"""
            % MINE, cflags=CFLAGS)
    set_off()
    assert b["id"][0].value == 110
    b.cleanup()


def test_raw_tracepoints():
    b = counting("int enter(void *ctx) { }")
    assert b.attach_raw_tracepoint("sys_enter", "enter") is b
    with pytest.raises(Exception, match="Raw tracepoint sys_enter has been attached"):
        b.attach_raw_tracepoint(b"sys_enter", b"enter")
    set_off(5)
    seen = hits(b)
    assert seen >= 5
    b.detach_raw_tracepoint("sys_enter")
    set_off(5)
    assert hits(b) - seen < 5
    with pytest.raises(Exception, match="not attached"):
        b.detach_raw_tracepoint("sys_enter")
    with pytest.raises(Exception, match="Failed to attach BPF to raw tracepoint: "):
        b.attach_raw_tracepoint("no_such_tracepoint", "enter")
    b.cleanup()


def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_perf_events():
    b = counting("int tick(void *ctx) { }")
    b.attach_perf_event(ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.CPU_CLOCK, fn_name="tick", sample_freq=997)
    spin(0.2)
    seen = hits(b)
    assert 40 < seen < 400
    b.detach_perf_event(PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK)
    seen = hits(b)
    spin(0.05)
    assert hits(b) == seen
    with pytest.raises(Exception, match="Perf event type 1 config 0 not attached"):
        b.detach_perf_event(PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK)
    with pytest.raises(Exception, match="Failed to attach BPF to perf event: "):
        b.attach_perf_event(ev_type=999, ev_config=0, fn_name="tick", sample_period=1)
    b.cleanup()


def test_perf_events_of_one_cpu_by_attributes():
    b = counting("int tick(void *ctx) { }")
    attr = bcc.Perf.perf_event_attr()
    attr.type, attr.config, attr.sample_period = PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK, 1000000
    assert attr.size == ct.sizeof(attr) == 120
    with pytest.warns(UserWarning, match="no member no_such"):
        attr.no_such = 1
    old = os.sched_getaffinity(0)
    cpu = min(old)
    os.sched_setaffinity(0, {cpu})
    try:
        b.attach_perf_event_raw(attr=attr, fn_name="tick", cpu=cpu)
        spin(0.1)
        assert hits(b) > 20
    finally:
        os.sched_setaffinity(0, old)
        b.cleanup()


def test_perf_events_opened_alone():
    before = len(os.listdir("/proc/self/fd"))
    bcc.Perf.perf_event_open(PerfSWConfig.CPU_CLOCK, pid=os.getpid(), ptype=PerfType.SOFTWARE, freq=1)
    assert len(os.listdir("/proc/self/fd")) == before + len(bcc.get_online_cpus())
    with pytest.raises(OSError):
        bcc.Perf.perf_event_open(1 << 40, pid=os.getpid())


def test_raw_sockets():
    import socket
    b = BPF(text="BPF_ARRAY(hits, u64, 1); int all(struct __sk_buff *skb) { hits.increment(0); return -1; }")
    function = b.load_func("all", BPF.SOCKET_FILTER)
    BPF.attach_raw_socket(function, "lo")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", 9))
    assert hits(b) >= 1 and function.sock > 2
    os.close(function.sock)
    with pytest.raises(Exception, match="Failed to open raw device no-such-dev"):
        b.attach_raw_socket(function, "no-such-dev")
    b.cleanup()


def open_trace_pipe(b):
    """Only one process at a time may have the pipe: others on the machine get their turn."""
    end = time.monotonic() + 60
    while True:
        try:
            return b.trace_open()
        except Exception as error:
            if "busy" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.5)


def test_the_trace_pipe(run):
    b = run("", 'bpf_trace_printk("hello %d", 7);')
    open_trace_pipe(b)
    line = b""
    set_off()
    while b"hello 7" not in line:
        line = b.trace_readline()
    assert line.endswith(b"bpf_trace_printk: hello 7")
    set_off()
    fields = b.trace_fields()
    while fields[5] != b"hello 7":
        fields = b.trace_fields()
    assert fields[1] == os.getpid() and isinstance(fields[4], float) and 0 <= fields[2] < os.cpu_count()
    while b.trace_readline(nonblocking=True):
        pass
    assert b.trace_fields(nonblocking=True) == (None,) * 6


def test_messages_that_end_their_own_line_leave_no_empty_one(run):
    b = run("", 'bpf_trace_printk("ended\\n");')
    open_trace_pipe(b)
    set_off(3)
    messages = []
    while messages.count(b"ended") < 3:
        messages.append(b.trace_fields()[5])
    assert "Unknown" not in messages


def test_trace_print_by_a_format():
    script = ("import os, time\nfrom bcc import BPF\n"
              "b = BPF(text='''RAW_TRACEPOINT_PROBE(sys_enter) { if (ctx->args[1] == 110 && "
              "(bpf_get_current_pid_tgid() >> 32) == PID) bpf_trace_printk(\"format\"); return 0; }''', "
              "cflags=['-DPID=%d' % os.getpid()])\n"
              "while True:\n"
              "    try: b.trace_open(); break\n"
              "    except Exception: time.sleep(0.5)\n"
              "os.getppid()\n"
              "b.trace_print(fmt='pid {1} says {5}')\n")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as traced:
        lines = iter(traced.stdout.readline, "")
        assert next(line for line in lines if "says b'format'" in line) == "pid %d says b'format'\n" % traced.pid
        traced.kill()


def test_kernel_symbols():
    address = BPF.ksymname("vfs_read")
    assert address > 1 << 63 and BPF.ksymname(b"vfs_read") == address and BPF.ksymname("no_such_symbol") == -1
    assert BPF.ksym(address) == b"vfs_read"
    assert BPF.ksym(address + 4, show_module=True, show_offset=True) == b"vfs_read+0x4 [kernel]"
    assert BPF.sym(address + 4, -1, show_offset=True) == b"vfs_read+0x4"
    cache = bcc.SymbolCache(-1)
    assert cache.resolve(address + 1, False) == (b"vfs_read", 1, b"kernel")
    assert cache.resolve_name(None, "vfs_read") == address


def test_system_call_names():
    b = BPF(text="BPF_HASH(h);")
    name = b.get_syscall_fnname("clone")
    assert name == b.get_syscall_prefix() + b"clone" and BPF.ksymname(name) != -1
    assert b.fix_syscall_fnname("__arm64_sys_clone") == b.fix_syscall_fnname(b"sys_clone") == name
    assert b.fix_syscall_fnname("vfs_read") == b"vfs_read"
    b.cleanup()


def test_functions_that_can_be_probed():
    found = BPF.get_kprobe_functions(b"vfs_(read|write)")
    assert found == {b"vfs_read", b"vfs_write"}
    assert BPF.get_kprobe_functions("vfs_rea") == set()  # the whole name must match
    everything = BPF.get_kprobe_functions(".*")
    assert b"vfs_read" in everything and len(everything) > 10000
    assert not any(name.startswith((b"perf_", b"__SCT__")) or name.endswith(b".cold") for name in everything)


def test_tracepoints_by_pattern():
    wanted = [b"sched:sched_process_exit", b"sched:sched_process_fork"]
    assert BPF.get_tracepoints(b"sched:sched_process_(fork|exit)") == wanted
    assert BPF.tracepoint_exists("sched", "sched_switch") and not BPF.tracepoint_exists(b"sched", b"nothing")


@pytest.mark.needs("btf")
def test_types_of_the_kernel():
    assert BPF.kernel_struct_has_field("task_struct", "pid") == 1
    assert BPF.kernel_struct_has_field(b"task_struct", b"no_such_field") == 0
    assert BPF.kernel_struct_has_field("no_such_struct", "pid") == -1
    assert BPF.kernel_enum_has_val("bpf_map_type", "BPF_MAP_TYPE_HASH") == 1
    assert BPF.kernel_enum_has_val("bpf_map_type", "NO_SUCH_VALUE") == 0
    assert BPF.kernel_enum_has_val("no_such_enum", "X") == -1


def test_features_are_answers():
    for ask in (BPF.support_kfunc, BPF.support_fmod_ret, BPF.support_lsm, BPF.support_raw_tracepoint,
                BPF.support_raw_tracepoint_in_module):
        assert ask() in (True, False)
    assert BPF.support_raw_tracepoint()


def test_the_clock():
    assert abs(BPF.monotonic_time() - time.clock_gettime_ns(time.CLOCK_MONOTONIC)) < 1e9
    assert BPF.timespec(1, 2).tv_nsec == 2 and BPF.str2ctype["unsigned int"] is ct.c_uint


def test_the_probe_limit(monkeypatch):
    monkeypatch.setenv("BCC_PROBE_LIMIT", "0")
    assert BPF.get_probe_limit() == 0
    b = BPF(text="int f(void *ctx) { return 0; }")
    with pytest.raises(Exception, match="^Number of open probes would exceed global quota$"):
        b.attach_kprobe(event="vfs_read", fn_name="f")
    assert bcc._get_num_open_probes() == 0 == b.num_open_kprobes()
    monkeypatch.setenv("BCC_PROBE_LIMIT", "many")
    assert BPF.get_probe_limit() == 1000
    b.cleanup()


def test_functions_that_cannot_be_probed():
    b = BPF(text="int f(void *ctx) { return 0; }")
    # "Not traceable" would be said of the function, of which a kernel without kprobes knows nothing.
    traceable = (r", it's not traceable \(either non-existing, inlined, or marked as \"notrace\"\)"
                 if bcc._core.has_feature("kprobe") else "")
    failed = "^Failed to attach BPF program f to kprobe "
    with pytest.raises(Exception, match=failed + r"no_such_fn%s: kprobe no_such_fn: " % traceable):
        b.attach_kprobe(event="no_such_fn", fn_name="f")
    with pytest.raises(Exception, match=failed + r"no_such_fn_\.\*: no function of this kernel "):
        b.attach_kprobe(event_re="no_such_fn_.*", fn_name="f")
    assert b.num_open_kprobes() == 0
    with pytest.raises(Exception, match="Kprobe p_vfs_read is not attached"):
        b.detach_kprobe("vfs_read")
    with pytest.raises(Exception, match="^Kernel entry func kfunc__vmlinux__x is not attached"):
        b.detach_kfunc("vmlinux__x")
    b.cleanup()


def test_a_bpf_object_is_no_ordinary_dictionary():
    with BPF(text="BPF_HASH(h);") as b, BPF(text="BPF_HASH(h);") as other:
        assert b != other and b == b and len({b, other}) == 2 and "object at" in repr(b)
        assert b.tables is not None and b.module is not None and b.debug == 0
