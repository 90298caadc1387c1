"""What BPF() takes, and that all of the package's functions take what BCC's take."""
import inspect
import os
import subprocess
import sys

import bcc
import pytest
from bcc import BPF
from bcc.usdt import USDT

TEXT = "BPF_HASH(h, u32, u64);\nint f(void *ctx) { u32 key = 1; h.increment(key); return 0; }\n"

SIGNATURES = {
    BPF.__init__: "(self, src_file=b'', hdr_file=b'', text=None, debug=0, cflags=[], usdt_contexts=[], "
                  "allow_rlimit=True, device=None, attach_usdt_ignore_pid=False)",
    BPF.get_table: "(self, name, keytype=None, leaftype=None, reducer=None)",
    BPF.load_func: "(self, func_name, prog_type, device=None, attach_type=-1)",
    BPF.load_funcs: "(self, prog_type=2)",
    BPF.dump_func: "(self, func_name)",
    BPF.disassemble_func: "(self, func_name)",
    BPF.decode_table: "(self, table_name, sizeinfo=False)",
    BPF.attach_func: "(fn, attachable_fd, attach_type, flags=0)",
    BPF.detach_func: "(fn, attachable_fd, attach_type)",
    BPF.attach_raw_socket: "(fn, dev)",
    BPF.get_kprobe_functions: "(event_re)",
    BPF.attach_xdp: "(dev, fn, flags=0)",
    BPF.remove_xdp: "(dev, flags=0)",
    BPF.find_library: "(libname, pid=0)",
    BPF.find_exe: "(bin_path)",
    BPF.get_tracepoints: "(tp_re)",
    BPF.tracepoint_exists: "(category, event)",
    BPF.add_prefix: "(prefix, name)",
    BPF.kernel_struct_has_field: "(struct_name, field_name)",
    BPF.get_user_functions: "(name, sym_re)",
    BPF.get_user_addresses: "(name, sym_re)",
    BPF.get_user_functions_and_addresses: "(name, sym_re)",
    BPF.sym: "(addr, pid, show_module=False, show_offset=False, demangle=True)",
    BPF.ksym: "(addr, show_module=False, show_offset=False)",
    BPF.ksymname: "(name)",
    BPF.add_module: "(modname)",
    BPF.attach_kprobe: "(self, event=b'', event_off=0, fn_name=b'', event_re=b'')",
    BPF.attach_kretprobe: "(self, event=b'', fn_name=b'', event_re=b'', maxactive=0)",
    BPF.detach_kprobe: "(self, event, fn_name=None)",
    BPF.detach_kretprobe: "(self, event, fn_name=None)",
    BPF.detach_kprobe_event: "(self, ev_name)",
    BPF.detach_kprobe_event_by_fn: "(self, ev_name, fn_name)",
    BPF.attach_tracepoint: "(self, tp=b'', tp_re=b'', fn_name=b'')",
    BPF.detach_tracepoint: "(self, tp=b'')",
    BPF.attach_raw_tracepoint: "(self, tp=b'', fn_name=b'')",
    BPF.detach_raw_tracepoint: "(self, tp=b'')",
    BPF.attach_kfunc: "(self, fn_name=b'')",
    BPF.attach_kretfunc: "(self, fn_name=b'')",
    BPF.attach_fmod_ret: "(self, fn_name=b'')",
    BPF.attach_lsm: "(self, fn_name=b'')",
    BPF.detach_kfunc: "(self, fn_name=b'')",
    BPF.detach_kretfunc: "(self, fn_name=b'')",
    BPF.detach_fmod_ret: "(self, fn_name=b'')",
    BPF.detach_lsm: "(self, fn_name=b'')",
    BPF.attach_perf_event: "(self, ev_type=-1, ev_config=-1, fn_name=b'', sample_period=0, sample_freq=0, pid=-1, "
                           "cpu=-1, group_fd=-1)",
    BPF.attach_perf_event_raw: "(self, attr=-1, fn_name=b'', pid=-1, cpu=-1, group_fd=-1)",
    BPF.detach_perf_event: "(self, ev_type=-1, ev_config=-1)",
    BPF.attach_uprobe: "(self, name=b'', sym=b'', sym_re=b'', addr=None, fn_name=b'', pid=-1, sym_off=0)",
    BPF.attach_uretprobe: "(self, name=b'', sym=b'', sym_re=b'', addr=None, fn_name=b'', pid=-1)",
    BPF.detach_uprobe: "(self, name=b'', sym=b'', addr=None, pid=-1, sym_off=0)",
    BPF.detach_uretprobe: "(self, name=b'', sym=b'', addr=None, pid=-1)",
    BPF.detach_uprobe_event: "(self, ev_name)",
    BPF.trace_open: "(self, nonblocking=False)",
    BPF.trace_readline: "(self, nonblocking=False)",
    BPF.trace_fields: "(self, nonblocking=False)",
    BPF.trace_print: "(self, fmt=None)",
    BPF.perf_buffer_poll: "(self, timeout=-1)",
    BPF.perf_buffer_consume: "(self)",
    BPF.kprobe_poll: "(self, timeout=-1)",
    BPF.ring_buffer_poll: "(self, timeout=-1)",
    BPF.ring_buffer_consume: "(self)",
    USDT.__init__: "(self, pid=None, path=None)",
    USDT.get_probe_arg_ctype: "(self, probe_name, arg_index)",
    bcc.Perf.perf_event_open: "(tpoint_id, pid=-1, ptype=2, freq=0)",
    bcc.Perf.perf_custom_event_open: "(attr, pid=-1)",
    bcc.disassemble_prog: "(func_name, bpfstr)",
    bcc.decode_map: "(map_name, map_obj, map_type, sizeinfo=False)",
}


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda each: getattr(each, "__qualname__", str(each)))
def test_signatures(function):
    assert str(inspect.signature(function)) == SIGNATURES[function]


def test_methods_without_arguments_and_attributes_of_objects():
    with BPF(text=TEXT) as b:
        for name in ("num_open_kprobes", "num_open_uprobes", "num_open_tracepoints", "donothing", "free_bcc_memory",
                     "get_syscall_prefix", "support_kfunc", "support_lsm", "support_fmod_ret", "support_raw_tracepoint",
                     "support_raw_tracepoint_in_module", "get_probe_limit", "monotonic_time"):
            getattr(b, name)()
        for name in ("kprobe_fds", "uprobe_fds", "tracepoint_fds", "raw_tracepoint_fds", "kfunc_entry_fds",
                     "kfunc_exit_fds", "fmod_ret_fds", "lsm_fds", "perf_buffers", "open_perf_events", "funcs",
                     "tables"):
            assert len(getattr(b, name)) == 0
        assert b.tracefile is None and b.debug == 0 and b.module is not None
        b.close()
        assert b.module is None
        b.cleanup()


def test_attached_programs_have_descriptors():
    with BPF(text="RAW_TRACEPOINT_PROBE(sys_enter) { return 0; } int tick(void *ctx) { return 0; }") as b:
        assert b.raw_tracepoint_fds == {b"sys_enter": b.funcs[b"raw_tracepoint__sys_enter"].fd}
        b.attach_perf_event(ev_type=1, ev_config=0, fn_name="tick", sample_freq=1)
        assert set(b.open_perf_events[(1, 0)].values()) == {b.funcs[b"tick"].fd}
        assert b.load_func("tick", BPF.PERF_EVENT) is b.funcs[b"tick"]


@pytest.mark.parametrize("flag, said", [
    (bcc.DEBUG_LLVM_IR, "target triple = "), (bcc.DEBUG_BPF, "Disassembly of program f:"),
    (bcc.DEBUG_PREPROCESSOR, "int f(void *ctx) {"), (bcc.DEBUG_SOURCE, "; /virtual/main.c:2: int f(void *ctx)"),
    (bcc.DEBUG_BPF_REGISTER_STATE, "0: (b4) w1 = 1"),
])
def test_what_debug_flags_ask_for_is_on_standard_error(flag, said, capfd):
    for _ in range(2):  # compiled, and from the cache
        with BPF(text=TEXT, debug=flag) as b:
            b.load_func("f", BPF.KPROBE)
        heard = capfd.readouterr()
        assert said in heard.err and heard.out == ""


def test_debug_flags_that_say_nothing_of_a_good_program(capfd):
    with BPF(text=TEXT, debug=bcc.DEBUG_BTF) as b:
        b.load_func("f", BPF.KPROBE)
    assert capfd.readouterr() == ("", "")


def test_include_paths_are_the_callers(tmp_path, monkeypatch):
    for name, leaf in (("here", "u8"), ("there", "u16")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "leaf.h").write_text("#define LEAF %s" % leaf)
    text = '#include "leaf.h"\nBPF_HASH(h, u32, LEAF);'
    monkeypatch.chdir(tmp_path)
    for flags, size in ((["-Ihere"], 1), (["-I", "there"], 2), (["-I./there", "-Ihere"], 2),
                        (["-I" + str(tmp_path / "here")], 1)):
        with BPF(text=text, cflags=flags) as b:
            assert b["h"]._map.value_size == size
    with BPF(text="BPF_HASH(h, u32, LEAF);", cflags="-DLEAF=u64") as b:
        assert b["h"]._map.value_size == 8
    with pytest.raises(TypeError):
        BPF(text=text, cflags=None)


def test_a_header_is_looked_for_only_beside_a_file(tmp_path):
    source = tmp_path / "prog.c"
    source.write_text(TEXT)
    BPF(text=TEXT, hdr_file="no-such.h").cleanup()
    BPF(src_file=str(source), hdr_file=str(source)).cleanup()
    with pytest.raises(Exception, match="^Could not find file no-such.h$"):
        BPF(src_file=str(source), hdr_file="no-such.h")


def test_arguments_that_change_nothing_here():
    BPF(text=TEXT, allow_rlimit=False, device=None, usdt_contexts=[]).cleanup()
    BPF(b"", b"", TEXT, 0, [], [], True, None, False).cleanup()
    with pytest.raises(Exception, match=r"network device eth0 itself \(offload\)"):
        BPF(text=TEXT, device="eth0")


def test_str_where_bcc_has_bytes_is_no_matter_for_warnings():
    """BCC warns of each; people write str."""
    script = ("from bcc import BPF\nb = BPF(text=%r)\nb['h'], b.load_func('f', BPF.KPROBE), BPF.ksymname('vfs_read')\n"
              % TEXT)
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_limit_of_probes_counts_what_is_open(monkeypatch):
    monkeypatch.setenv("BCC_PROBE_LIMIT", "2")
    with BPF(text=TEXT) as b:
        for symbol in ("getppid", "getuid"):
            b.attach_uprobe(name="c", sym=symbol, fn_name="f")
        assert bcc._get_num_open_probes() == 2 == b.num_open_uprobes()
        with pytest.raises(Exception, match="^Number of open probes would exceed global quota$"):
            b.attach_uprobe(name="c", sym="getgid", fn_name="f")
        b.detach_uprobe(name="c", sym="getuid")
        b.attach_uprobe(name="c", sym="getgid", fn_name="f")
    assert bcc._get_num_open_probes() == 0


def test_constants():
    """The numbers of the kernel's interface, which scripts also write out."""
    numbered = {
        bcc.PerfType: "HARDWARE SOFTWARE TRACEPOINT HW_CACHE RAW BREAKPOINT",
        bcc.PerfHWConfig: "CPU_CYCLES INSTRUCTIONS CACHE_REFERENCES CACHE_MISSES BRANCH_INSTRUCTIONS BRANCH_MISSES "
                          "BUS_CYCLES STALLED_CYCLES_FRONTEND STALLED_CYCLES_BACKEND REF_CPU_CYCLES",
        bcc.PerfSWConfig: "CPU_CLOCK TASK_CLOCK PAGE_FAULTS CONTEXT_SWITCHES CPU_MIGRATIONS PAGE_FAULTS_MIN "
                          "PAGE_FAULTS_MAJ ALIGNMENT_FAULTS EMULATION_FAULTS DUMMY BPF_OUTPUT",
        bcc.XDPAction: "XDP_ABORTED XDP_DROP XDP_PASS XDP_TX XDP_REDIRECT",
        bcc.BPFAttachType: "CGROUP_INET_INGRESS CGROUP_INET_EGRESS CGROUP_INET_SOCK_CREATE CGROUP_SOCK_OPS "
                           "SK_SKB_STREAM_PARSER SK_SKB_STREAM_VERDICT CGROUP_DEVICE SK_MSG_VERDICT "
                           "CGROUP_INET4_BIND CGROUP_INET6_BIND "
                           "CGROUP_INET4_CONNECT CGROUP_INET6_CONNECT CGROUP_INET4_POST_BIND CGROUP_INET6_POST_BIND "
                           "CGROUP_UDP4_SENDMSG CGROUP_UDP6_SENDMSG LIRC_MODE2 FLOW_DISSECTOR CGROUP_SYSCTL "
                           "CGROUP_UDP4_RECVMSG CGROUP_UDP6_RECVMSG CGROUP_GETSOCKOPT CGROUP_SETSOCKOPT TRACE_RAW_TP "
                           "TRACE_FENTRY TRACE_FEXIT MODIFY_RETURN LSM_MAC TRACE_ITER CGROUP_INET4_GETPEERNAME "
                           "CGROUP_INET6_GETPEERNAME CGROUP_INET4_GETSOCKNAME CGROUP_INET6_GETSOCKNAME XDP_DEVMAP "
                           "CGROUP_INET_SOCK_RELEASE XDP_CPUMAP SK_LOOKUP XDP SK_SKB_VERDICT",
    }
    for holder, names in numbered.items():
        assert [getattr(holder, name) for name in names.split()] == list(range(len(names.split())))
    formats = ("IP TID TIME ADDR READ CALLCHAIN ID CPU PERIOD STREAM_ID RAW BRANCH_STACK REGS_USER STACK_USER WEIGHT "
               "DATA_SRC IDENTIFIER TRANSACTION REGS_INTR PHYS_ADDR AUX CGROUP DATA_PAGE_SIZE CODE_PAGE_SIZE "
               "WEIGHT_STRUCT").split()
    assert [getattr(bcc.PerfEventSampleFormat, name) for name in formats] == [1 << i for i in range(25)]
    types = dict(SOCKET_FILTER=1, KPROBE=2, SCHED_CLS=3, SCHED_ACT=4, TRACEPOINT=5, XDP=6, PERF_EVENT=7, CGROUP_SKB=8,
                 CGROUP_SOCK=9, LWT_IN=10, LWT_OUT=11, LWT_XMIT=12, SOCK_OPS=13, SK_SKB=14, CGROUP_DEVICE=15, SK_MSG=16,
                 RAW_TRACEPOINT=17, CGROUP_SOCK_ADDR=18, TRACING=26, LSM=29)
    for name, number in types.items():
        assert getattr(bcc.BPFProgType, name) == getattr(BPF, name) == getattr(BPF.Function, name) == number
    assert bcc.BPFProgType.CGROUP_SOCKOPT == 25 and bcc._default_probe_limit == 1000 and BPF.CLOCK_MONOTONIC == 1
    assert os.path.isdir(bcc.TRACEFS) and bcc.DEBUGFS == "/sys/kernel/debug"
