"""The modules beside BPF and the tables."""
import io
import os
import subprocess
import sys

import pytest

from bcc import tcp
from bcc.kernel import Kernel, literal_prefix
from bcc.table.text import format_value, parse_value
from bcc.trace_pipe import _fields_of
from bcc.utils import ArgString, StrcmpRewrite, _assert_is_bytes, detect_language, get_online_cpus, printb
import ctypes as ct


def test_bytes_of_all_kinds_of_strings():
    assert _assert_is_bytes("é") == os.fsencode("é")
    assert _assert_is_bytes(b"x") == b"x" and _assert_is_bytes(None) is None
    assert _assert_is_bytes(ArgString("arg")) == b"arg" and str(ArgString("arg")) == "arg"


def test_printb_writes_bytes_as_they_are(capfdbinary):
    printb(b"caf\xc3\xa9 \xff")
    printb(b"no newline", nl=0)
    assert capfdbinary.readouterr().out == b"caf\xc3\xa9 \xff\nno newline"


def test_printb_to_a_file():
    file = io.BytesIO()
    printb(b"line", file=file)
    assert file.getvalue() == b"line\n"


def test_online_cpus():
    assert get_online_cpus() == sorted(os.sched_getaffinity(0)) or len(get_online_cpus()) >= os.cpu_count()


def test_tcp_names():
    assert tcp.flags2str(0x12) == "SYN|ACK" and tcp.flags2str(0) == ""
    assert tcp.state2str(1) == "ESTABLISHED" and tcp.state2str(12) == "NEW_SYN_RECV" and tcp.state2str(99) == "99"


@pytest.mark.parametrize("line, fields", [
    (b"           <...>-1895    [003] ...21 17226.231613: bpf_trace_printk: Hello, World!",
     (b"<...>", 1895, 3, b"...21", 17226.231613, b"Hello, World!")),
    (b"     Web Content-7      [011] d..3.     1.000001: bpf_trace_printk: a: b",
     (b"Web Content", 7, 11, b"d..3.", 1.000001, b"a: b")),
    (b"", ("Unknown", 0, 0, "Unknown", 0.0, "Unknown")),
    (b"rubbish", ("Unknown", 0, 0, "Unknown", 0.0, "Unknown")),
])
def test_lines_of_the_trace_pipe(line, fields):
    assert _fields_of(line) == fields


@pytest.mark.parametrize("pattern, prefix", [
    ("vfs_.*", "vfs_"), ("^tcp_v[46]_connect$", "tcp_v"), ("vfs_read", "vfs_read"), ("a|b", ""), ("", ""), (".*", ""),
    ("tcpx*", "tcp"), ("tcpx+", "tcpx"), ("x?y", ""), ("f{2}", ""), (r"do\.isra", "do"), ("(a)", ""),
])
def test_the_fixed_beginning_of_a_pattern(pattern, prefix):
    assert literal_prefix(pattern) == prefix


def test_includes_for_words():
    assert Kernel.generate_auto_includes(["struct bio *b", "alloc_pages", "time"]) == (
        "#include <linux/time.h>\n#include <linux/blkdev.h>\n#include <linux/slab.h>\n")


def test_find_exe():
    assert Kernel.find_exe(b"sh") in (b"/bin/sh", b"/usr/bin/sh")
    assert Kernel.find_exe("no-such-program-here") is None


class Inner(ct.Structure):
    _fields_ = [("a", ct.c_int), ("b", ct.c_uint * 2)]


class Outer(ct.Structure):
    _pack_ = 1
    _fields_ = [("x", ct.c_ushort), ("__pad_1", ct.c_char * 2), ("inner", Inner)]


def test_values_as_text_and_back():
    assert format_value(ct.c_uint(7)) == b"0x7"
    outer = Outer(1, b"", Inner(2, (3, 0x22)))
    assert format_value(outer) == b"{ 0x1 { 0x2 [ 0x3 0x22 ] } }"
    again = parse_value(b"{ 1 { 2 [ 0x3 34 ] } }", Outer)
    assert bytes(again) == bytes(outer)
    with pytest.raises(Exception, match="Could not scanf"):
        parse_value(b"{ 1 2", Outer)


def test_strcmp_becomes_a_function():
    made = StrcmpRewrite.rewrite_expr('STRCMP("/etc", name) && STRCMP("x", n2)', False, True, [], "/* before */", 4)
    assert made["expr"] == 'streq_4("/etc", name) && streq_5("x", n2)'
    assert made["probeid"] == 6
    functions = made["streq_functions"]
    assert functions.startswith("/* before */") and functions.count("static inline bool") == 2
    assert 'char needle[] = "/etc";' in functions and "bpf_probe_read_user" in functions


def test_the_language_of_a_process():
    assert detect_language(["java", "python", "ruby"], os.getpid()) == "python"
    assert detect_language(["java"], os.getpid()) is None
    assert detect_language(["python"], -1) is None


def test_a_command_waits_until_the_tracer_is_ready(tmp_path):
    script = ("import sys, time\n"
              "from bcc.exec import run_cmd, cmd_ready, cmd_exited\n"
              "pid = run_cmd(['touch', sys.argv[1]])\n"
              "import os\n"
              "time.sleep(0.2); print(os.path.exists(sys.argv[1]), cmd_exited())\n"
              "cmd_ready(); os.waitpid(pid, 0); time.sleep(0.05)\n"
              "print(os.path.exists(sys.argv[1]), cmd_exited())\n")
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "made")], capture_output=True, text=True)
    assert done.stdout == "False 0\nTrue 1\n", done.stderr


def test_all_names_of_the_package_are_there():
    import bcc
    for name in ("BPF", "USDT", "USDTException", "Table", "PerfEventArray", "RingBuf", "BPF_MAP_TYPE_QUEUE", "Perf",
                 "PerfType", "PerfHWConfig", "PerfSWConfig", "PerfEventSampleFormat", "BPFProgType", "BPFAttachType",
                 "XDPAction", "XDPFlags", "SymbolCache", "StrcmpRewrite", "ArgString", "printb", "get_online_cpus",
                 "TRACEFS", "DEBUGFS", "DEBUG_PREPROCESSOR", "__version__", "_get_num_open_probes",
                 "_num_open_probes", "basestring", "lib", "bcc_symbol", "bcc_symbol_option",
                 "bcc_stacktrace_build_id", "_SYM_CB_TYPE", "disassemble_prog",
                 "decode_map", "_assert_is_bytes", "_default_probe_limit", "BPF_MAP_TYPE_STACK"):
        assert getattr(bcc, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        bcc.no_such_name
    assert bcc.PerfEventSampleFormat.WEIGHT_STRUCT == 1 << 24 and bcc.BPFAttachType.SK_SKB_VERDICT == 38
    assert bcc.BPF.KPROBE == 2 and bcc.BPF.XDP_FLAGS_SKB_MODE == 2 and bcc.BPF.XDP_REDIRECT == 4


@pytest.mark.parametrize("expression", [
    "bcc.usdt.USDT", "bcc.table.TableBase", "bcc.perf.Perf", "bcc.libbcc.lib", "bcc.disassembler.BPFDecoder",
    "bcc.utils.printb", "bcc.version.__version__"])
def test_submodules_are_there_when_the_package_is(expression):
    run_alone("import bcc; " + expression)


def test_everything_public_comes_with_a_star():
    run_alone("from bcc import *; BPF, USDT, USDTException, Table, PerfEventArray, RingBuf, Perf, SymbolCache, "
              "StrcmpRewrite, PerfType, BPFProgType, lib, printb, ArgString, disassemble_prog, decode_map, basestring, "
              "TRACEFS, DEBUG_SOURCE")


def run_alone(code):
    """In a process that has imported nothing before."""
    path = os.path.dirname(os.path.dirname(sys.modules["bcc"].__file__))
    command = [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, %r); %s" % (path, code)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_numbers_of_headers():
    from bcc import table
    from bcc.table import StackTrace
    flags = [getattr(tcp, "TCPHDR_" + name) for name in ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")]
    assert flags == [1 << i for i in range(8)] and tcp.flags2str(0xff) == "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR"
    kinds = ("HASH ARRAY PROG_ARRAY PERF_EVENT_ARRAY PERCPU_HASH PERCPU_ARRAY STACK_TRACE CGROUP_ARRAY LRU_HASH "
             "LRU_PERCPU_HASH LPM_TRIE ARRAY_OF_MAPS HASH_OF_MAPS DEVMAP SOCKMAP CPUMAP XSKMAP SOCKHASH CGROUP_STORAGE "
             "REUSEPORT_SOCKARRAY PERCPU_CGROUP_STORAGE QUEUE STACK SK_STORAGE DEVMAP_HASH STRUCT_OPS RINGBUF "
             "INODE_STORAGE TASK_STORAGE").split()
    assert [getattr(table, "BPF_MAP_TYPE_" + kind) for kind in kinds] == list(range(1, 30))
    assert table.get_table_type_name(1) == table.map_type_name[1] == "HASH"
    assert table.get_table_type_name(99) == "<unknown>"
    assert (table.stars_max, table.log2_index_max, table.linear_index_max) == (40, 65, 1025)
    assert (StackTrace.MAX_DEPTH, StackTrace.BPF_F_STACK_BUILD_ID) == (127, 32)
    assert [getattr(StackTrace, "BPF_STACK_BUILD_ID_" + name) for name in ("EMPTY", "VALID", "IP")] == [0, 1, 2]


def test_importing_stays_cheap():
    """Heavy modules come in only when something needs them."""
    loaded = run_alone("before = set(sys.modules); import bcc; print(*sorted(set(sys.modules) - before))").split()
    assert "bcc._core" in loaded
    assert not {"re", "json", "ctypes", "subprocess", "bcc.table", "bcc.perf"} & set(loaded)


def test_system_calls():
    from bcc.syscall import syscall_name, syscalls
    assert (syscall_name(0), syscall_name(56), syscall_name(110)) == (b"read", b"clone", b"getppid")
    assert syscall_name(462) == b"mseal" and syscall_name(520) == b"execve" and syscall_name(9999) == b"[unknown: 9999]"
    assert all(isinstance(name, bytes) and name for name in syscalls.values())


class Arguments:
    cgroupmap = mntnsmap = None


def test_a_filter_without_containers_lets_everything_through():
    from bcc import BPF
    from bcc.containers import filter_by_containers
    text = filter_by_containers(Arguments())
    with BPF(text=text + "int f(void *ctx) { return container_should_be_filtered(); }") as b:
        move_zero_and_exit = ("b700000000000000" "9500000000000000", "b400000000000000" "9500000000000000")
        assert b.dump_func("f").hex() in move_zero_and_exit


def test_a_filter_by_pinned_tables(tmp_path):
    from bcc.containers import filter_by_containers
    arguments = Arguments()
    arguments.cgroupmap, arguments.mntnsmap = "/sys/fs/bpf/groups", "/sys/fs/bpf/mounts"
    text = filter_by_containers(arguments)
    assert 'BPF_TABLE_PINNED("hash", u64, u64, cgroupset, 1024, "/sys/fs/bpf/groups");' in text
    assert 'BPF_TABLE_PINNED("hash", u64, u32, mount_ns_set, 1024, "/sys/fs/bpf/mounts");' in text
    assert "#define MNT_NAMESPACE_DEFINED" in text and "container_should_be_filtered()" in text
