"""The package's interface as BCC's has it: names of functions and parameters, the version, errno after failures."""
import ctypes as ct
import errno
import inspect
import os

import pytest

import bcc
import bcc.table
from bcc import BPF

PARAMETERS = {
    "__init__": "src_file hdr_file text debug cflags usdt_contexts allow_rlimit device attach_usdt_ignore_pid",
    "_add_kprobe_fd": "ev_name fn_name fd", "_add_uprobe_fd": "name fd", "_check_probe_quota": "num_new_probes",
    "_decode_table_type": "desc", "_del_kprobe_fd": "ev_name fn_name", "_del_uprobe_fd": "name",
    "_open_ring_buffer": "map_fd fn ctx", "add_module": "modname", "add_prefix": "prefix name",
    "attach_fmod_ret": "fn_name", "attach_func": "fn attachable_fd attach_type flags", "attach_kfunc": "fn_name",
    "attach_kprobe": "event event_off fn_name event_re", "attach_kretfunc": "fn_name",
    "attach_kretprobe": "event fn_name event_re maxactive", "attach_lsm": "fn_name",
    "attach_perf_event": "ev_type ev_config fn_name sample_period sample_freq pid cpu group_fd",
    "attach_perf_event_raw": "attr fn_name pid cpu group_fd", "attach_raw_socket": "fn dev",
    "attach_raw_tracepoint": "tp fn_name",
    "attach_tracepoint": "tp tp_re fn_name", "attach_uprobe": "name sym sym_re addr fn_name pid sym_off",
    "attach_uretprobe": "name sym sym_re addr fn_name pid", "attach_xdp": "dev fn flags", "cleanup": "", "close": "",
    "decode_table": "table_name sizeinfo", "detach_fmod_ret": "fn_name", "detach_func": "fn attachable_fd attach_type",
    "detach_kfunc": "fn_name", "detach_kprobe": "event fn_name", "detach_kprobe_event": "ev_name",
    "detach_kprobe_event_by_fn": "ev_name fn_name", "detach_kretfunc": "fn_name", "detach_kretprobe": "event fn_name",
    "detach_lsm": "fn_name", "detach_perf_event": "ev_type ev_config", "detach_raw_tracepoint": "tp",
    "detach_tracepoint": "tp",
    "detach_uprobe": "name sym addr pid sym_off", "detach_uprobe_event": "ev_name",
    "detach_uretprobe": "name sym addr pid",
    "disassemble_func": "func_name", "donothing": "", "dump_func": "func_name", "find_exe": "bin_path",
    "find_library": "libname pid", "fix_syscall_fnname": "name", "free_bcc_memory": "",
    "generate_auto_includes": "program_words",
    "get_kprobe_functions": "event_re", "get_probe_limit": "", "get_syscall_fnname": "name", "get_syscall_prefix": "",
    "get_table": "name keytype leaftype reducer", "get_tracepoints": "tp_re", "get_user_addresses": "name sym_re",
    "get_user_functions": "name sym_re", "get_user_functions_and_addresses": "name sym_re",
    "kernel_enum_has_val": "enum_name value_name", "kernel_struct_has_field": "struct_name field_name",
    "kprobe_poll": "timeout", "ksymname": "name", "load_func": "func_name prog_type device attach_type",
    "load_funcs": "prog_type",
    "monotonic_time": "", "num_open_kprobes": "", "num_open_tracepoints": "", "num_open_uprobes": "",
    "perf_buffer_consume": "",
    "perf_buffer_poll": "timeout", "remove_xdp": "dev flags", "ring_buffer_consume": "", "ring_buffer_poll": "timeout",
    "support_fmod_ret": "", "support_kfunc": "", "support_lsm": "", "support_raw_tracepoint": "",
    "support_raw_tracepoint_in_module": "",
    "trace_fields": "nonblocking", "trace_open": "nonblocking", "trace_print": "fmt", "trace_readline": "nonblocking",
    "tracepoint_exists": "category event",
}
OF_TABLES = {
    "TableBase": {"decode_c_struct": "tmp buckets bucket_fn bucket_sort_fn index_max", "get_fd": "",
                  "items_delete_batch": "ct_keys",
                  "items_update_batch": "ct_keys ct_values", "items_lookup_batch": "",
                  "items_lookup_and_delete_batch": "",
                  "iter": "", "iteritems": "", "itervalues": "", "key_scanf": "key_str", "key_sprintf": "key",
                  "leaf_scanf": "leaf_str",
                  "leaf_sprintf": "leaf", "next": "key", "items": "", "values": "", "keys": "", "clear": "", "zero": "",
                  "print_json_hist": "val_type section_header section_print_fn bucket_fn bucket_sort_fn",
                  "print_linear_hist": "val_type section_header section_print_fn bucket_fn strip_leading_zero "
                                       "bucket_sort_fn",
                  "print_log2_hist": "val_type section_header section_print_fn bucket_fn strip_leading_zero "
                                     "bucket_sort_fn"},
    "TableBase.Iter": {"__init__": "table", "next": "", "__next__": ""},
    "Array": {"clearitem": "key"},
    "PerCpuHash": {"getvalue": "key", "sum": "key", "max": "key", "average": "key"},
    "PerCpuArray": {"getvalue": "key", "sum": "key", "max": "key", "average": "key"},
    "QueueStack": {"push": "leaf flags", "pop": "", "peek": "", "itervalues": "", "values": "",
                   "leaf_scanf": "leaf_str", "leaf_sprintf": "leaf"},
    "StackTrace": {"walk": "stack_id resolve", "clear": ""},
    "StackTrace.StackWalker": {"__init__": "stack flags resolve", "next": "", "__next__": ""},
    "PerfEventArray": {"open_perf_buffer": "callback page_cnt lost_cb wakeup_events",
                       "open_perf_event": "typ config pid",
                       "_open_perf_buffer": "cpu callback page_cnt lost_cb wakeup_events"},
    "FileDesc": {"__init__": "fd", "clean_up": ""},
}


def parameters(owner, name):
    function = getattr(owner, name)
    names = list(inspect.signature(function).parameters)
    static = isinstance(inspect.getattr_static(owner, name), (staticmethod, classmethod))
    return " ".join(names if static else names[1:])


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_parameters_of_bpf(name):
    assert parameters(BPF, name) == PARAMETERS[name]


@pytest.mark.parametrize("cls, name", [(cls, name) for cls, names in OF_TABLES.items() for name in names])
def test_parameters_of_tables(cls, name):
    owner = bcc.table
    for part in cls.split("."):
        owner = getattr(owner, part)
    assert parameters(owner, name) == OF_TABLES[cls][name]


def test_parameters_of_functions():
    for function, names in (
            (bcc.table.Table, "bpf map_id map_fd keytype leaftype name kwargs"),
            (bcc.table.get_json_hist, "vals val_type section_bucket"),
            (bcc.table.get_table_type_name, "ttype"), (bcc.disassemble_prog, "func_name bpfstr"),
            (bcc.printb, "s file nl"),
            (bcc.decode_map, "map_name map_obj map_type sizeinfo"), (bcc.utils.detect_language, "candidates pid"),
            (bcc.perf.Perf.perf_event_open, "tpoint_id pid ptype freq"),
            (bcc.perf.Perf.perf_custom_event_open, "attr pid")):
        assert " ".join(inspect.signature(function).parameters) == names
    assert BPF.sym(addr=0, pid=-1, show_module=False, show_offset=False, demangle=True) == b"[unknown]"
    assert BPF.ksym(addr=0, show_module=False, show_offset=False) == b"[unknown]"


def test_the_version_is_three_numbers():
    """Scripts compare it: map(int, version.split("."))."""
    assert len([int(number) for number in bcc.__version__.split(".")]) == 3
    assert bcc.version.__version__ == bcc.__version__
    assert bcc.__sonde_version__ == bcc.version.__sonde_version__ and bcc.__sonde_version__[0].isdigit()


def test_values_of_enums():
    assert BPF.kernel_enum_has_val(enum_name=b"bpf_map_type", value_name=b"BPF_MAP_TYPE_HASH") == 1
    assert BPF.kernel_enum_has_val("bpf_map_type", "BPF_MAP_TYPE_NONE") == 0
    assert BPF.kernel_enum_has_val("no_such_enum", "X") == -1
    assert BPF.kernel_enum_has_val("", "BPF_F_CURRENT_CPU") == 1 and BPF.kernel_enum_has_val("", "NO_SUCH_VALUE") == 0


# errno

def code_after(call, *arguments, raises=Exception):
    ct.set_errno(0)
    with pytest.raises(raises):
        call(*arguments)
    return ct.get_errno()


def test_errno_after_failures_of_tables(tables):
    b = tables('BPF_HASH(full, u32, u64, 1); BPF_QUEUE(q, u32, 1); BPF_PERF_ARRAY(counters, 64); BPF_ARRAY(a, u64, 1);'
               'BPF_HASH(inner, u32, u32, 8); BPF_ARRAY_OF_MAPS(outer, "inner", 2);'
               'BPF_TABLE("prog", u32, u32, programs, 2);')
    full = b["full"]
    assert code_after(full.__getitem__, 5, raises=KeyError) == errno.ENOENT
    assert code_after(full.__delitem__, 5, raises=KeyError) == errno.ENOENT
    full[1] = 1
    assert code_after(full.__setitem__, 2, 2) == errno.E2BIG
    assert code_after(b["q"].pop, raises=KeyError) == errno.ENOENT == code_after(b["q"].peek, raises=KeyError)
    b["q"].push(1)
    assert code_after(b["q"].push, 2) == errno.E2BIG
    assert code_after(b["counters"].open_perf_event, 0xffff, 0) == errno.ENOENT
    assert code_after(b["counters"].__setitem__, 0, 999) == errno.EBADF
    assert code_after(b["programs"].__setitem__, 0, 999) == errno.EBADF
    assert code_after(b["outer"].__setitem__, 0, b["a"].map_fd) == errno.EINVAL
    assert code_after(full.items_update_batch, (ct.c_uint * 1)(7), (ct.c_ulonglong * 1)(1)) == errno.E2BIG


def test_errno_after_failures_to_attach_and_load(tables):
    b = tables("int f(void *ctx) { return 0; }"
               "int skb(struct __sk_buff *skb) { char *p = (char *)(long)skb->len; return *p; }")
    assert code_after(b.attach_tracepoint, b"sched:no_such_event", b"", b"f") == errno.ENOENT
    assert code_after(b.attach_raw_tracepoint, b"no_such_event", b"f") == errno.ENOENT
    assert code_after(b.attach_uprobe, b"c", b"no_such_function", b"", None, b"f") == errno.ENOENT
    assert code_after(b.attach_perf_event, 1, 0xffff, b"f", 1) in (errno.ENOENT, errno.EINVAL)
    assert code_after(b.load_func, "skb", BPF.SOCKET_FILTER) == errno.EACCES
    function = b.load_func("f", BPF.SOCKET_FILTER)
    assert code_after(BPF.attach_xdp, "no_such_device", function) == errno.ENODEV
    assert code_after(BPF.attach_raw_socket, function, "no_such_device") == errno.ENODEV
    assert code_after(BPF.attach_func, function, 999, 0) == errno.EINVAL, "a socket filter is for no cgroup"


# What scripts reach for below the interface

def test_iterators_by_hand(tables):
    table = tables("BPF_HASH(h, u32, u64, 8);")["h"]
    for number in range(4):
        table[number] = number
    it = table.Iter(table)
    assert iter(it) is it and it.next().value in range(4)
    assert len(list(it)) == 3 and sorted(key.value for key in table.iter()) == [0, 1, 2, 3]


def test_walking_a_stack_by_hand():
    walker = bcc.table.StackTrace.StackWalker((ct.c_ulonglong * 5)(7, 8, 9), 0)
    assert walker.next() == 7 and list(walker) == [8, 9]
    assert list(bcc.table.StackTrace.StackWalker((ct.c_ulonglong * 2)(7, 8), 0, resolve=hex)) == ["0x7", "0x8"]


def test_a_descriptor_that_closes_itself():
    reader, writer = os.pipe()
    with bcc.table.FileDesc(writer) as held:
        assert held.fd == writer
    with pytest.raises(OSError):
        os.fstat(writer)
    held = bcc.table.FileDesc(reader)
    held.clean_up()
    held.clean_up()
    with pytest.raises(OSError):
        os.fstat(reader)
    for bad in (-1, None):
        with pytest.raises(Exception, match="Invalid file descriptor"):
            bcc.table.FileDesc(bad)


def test_histograms_as_dictionaries():
    made = bcc.table.get_json_hist([0, 1, 0, 2], "usecs", ("disk", "sda"))
    assert made["data"] == [{"interval-start": 0, "interval-end": 1, "count": 1},
                            {"interval-start": 2, "interval-end": 3, "count": 0},
                            {"interval-start": 4, "interval-end": 7, "count": 2}]
    assert made["val_type"] == "usecs" and made["disk"] == "sda" and "disk" not in bcc.table.get_json_hist([0, 1],
                                                                                                           "usecs")


def test_classes_from_descriptions():
    cls = BPF._decode_table_type(["key", [["a", "unsigned int"], ["", [["n", "int"], ["c", "char", [4]]], "union"],
                                          ["m", "unsigned char", [2, 3]],
                                          ["__pad_end", "char", [2]]], "struct_packed"])
    value = cls(7)
    value.c = b"abc"
    assert cls.__name__ == "key" and ct.sizeof(cls) == 16
    assert value.n == int.from_bytes(b"abc\0", "little") and len(value.m[1]) == 3
    assert BPF._decode_table_type("_Bool") is ct.c_bool
    bits = BPF._decode_table_type(["bits", [["a", "unsigned int", 3], ["b", "unsigned int", 5]], "struct"])
    assert bytes(bits(1, 2)) == b"\x11\0\0\0"


def test_probes_that_a_script_opened_itself(tables):
    b = tables("int f(void *ctx) { return 0; }")
    before = bcc._num_open_probes
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    b._add_kprobe_fd(b"p_mine", b"f", fds[0])
    b._add_uprobe_fd(b"p_prog_0x10", fds[1])
    assert b.kprobe_fds == {b"p_mine": {b"f": fds[0]}} and b.uprobe_fds == {b"p_prog_0x10": fds[1]}
    assert bcc._num_open_probes == before + 2 and b.num_open_kprobes() == 1 == b.num_open_uprobes()
    b.detach_kprobe_event(b"p_mine")
    b.detach_uprobe_event(b"p_prog_0x10")
    for fd in fds[:2]:
        with pytest.raises(OSError):
            os.fstat(fd)
    b._add_kprobe_fd(b"p_mine", b"f", fds[2])
    b._del_kprobe_fd(b"p_mine", b"f")
    assert bcc._num_open_probes == before and os.fstat(fds[2]) and b.kprobe_fds == {}
    os.close(fds[2])
    with pytest.raises(Exception, match="^Number of open probes would exceed global quota$"):
        b._check_probe_quota(BPF.get_probe_limit() + 1)


@pytest.mark.parametrize("declaration", [
    "BPF_HASH(t, struct { u32 a; u32 b; }, u64);", "BPF_HASH(t, u32, struct { u64 a; u64 b; });",
    "BPF_ARRAY(t, struct { u64 x; }, 4);",
    "BPF_HASH(t, struct { u32 a; }, struct { u64 x; });", "BPF_PERCPU_ARRAY(t, struct { u64 x; }, 4);",
    "BPF_QUEUE(t, struct { u64 x; }, 4);",
    "BPF_LPM_TRIE(t, struct { u32 bits; u32 data; }, u64);",
    'BPF_TABLE("lru_hash", struct { u32 a; }, union { u64 x; u32 y; }, t, 4);'])
def test_unnamed_structs_bring_no_warnings(tables, capfd, declaration):
    table = tables(declaration + "int f(void *ctx) { return 0; }")["t"]
    assert capfd.readouterr().err == "" and table.max_entries > 0


BIT_FIELDS = """
struct flags { u32 a : 3; u32 : 5; u64 c : 40; u8 d; s32 e : 7; };
BPF_HASH(t, u32, struct flags, 8);
"""


def test_bit_fields_that_a_program_wrote(run):
    b = run(BIT_FIELDS, """u32 key = 1; struct flags f = {};
                           f.a = 5; f.c = 0x123456789aULL; f.d = 7; f.e = -3; t.update(&key, &f);""")
    os.getppid()
    leaf = b["t"][1]
    assert (leaf.a, leaf.c, leaf.d, leaf.e) == (5, 0x123456789A, 7, -3)
    assert [field[0] for field in b["t"].Leaf._fields_] == ["a", "c", "d", "e"]
    b["t"][2] = b["t"].Leaf(2, 4, 1, 5)
    leaf = b["t"][2]
    assert (leaf.a, leaf.c, leaf.d, leaf.e) == (2, 4, 1, 5)
    text = b["t"].leaf_sprintf(leaf)
    assert text == b"{ 0x2 0x4 0x1 0x5 }" and bytes(b["t"].leaf_scanf(text)) == bytes(leaf)
