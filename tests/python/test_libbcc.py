"""bcc.libbcc: functions of libbcc that scripts call through ctypes."""
import ctypes as ct
import errno
import os
import re
import socket
import subprocess
import time

import pytest
from bcc import BPF, BPFAttachType
from bcc.libbcc import (_SYM_CB_TYPE, bcc_stacktrace_build_id, bcc_symbol, bcc_symbol_option, bcc_usdt,
                        bcc_usdt_argument, bpf_test_run_opts, lib)

STT_FUNC, STT_GNU_IFUNC = 2, 10
TEXT = """
BPF_HASH(pids, u32, u64, 50);
BPF_ARRAY(numbers, u16, 3);
int pass(struct __sk_buff *skb) { return -1; }
int other(void *ctx) { return 0; }
"""


@pytest.fixture
def b():
    with BPF(text=TEXT) as made:
        yield made


def test_structures_have_the_librarys_layout():
    structures = (bcc_symbol, bcc_symbol_option, bcc_stacktrace_build_id, bcc_usdt, bcc_usdt_argument)
    assert [ct.sizeof(each) for each in structures] == [32, 16, 32, 40, 56]
    assert bpf_test_run_opts.retval.offset == 56 and bcc_stacktrace_build_id.u.offset == 24


def test_questions_about_the_module(b):
    fd = b["pids"].map_fd
    assert lib.bpf_table_fd(b.module, b"pids") == fd
    assert lib.bpf_table_fd_id(b.module, lib.bpf_table_id(b.module, b"pids")) == fd
    assert lib.bpf_table_fd(b.module, b"none") == -1 and lib.bpf_table_fd_id(b.module, 99) == -1
    assert lib.bpf_table_type(b.module, b"numbers") == 2 and lib.bpf_table_max_entries(b.module, b"pids") == 50
    assert lib.bpf_table_key_size(b.module, b"pids") == 4 and lib.bpf_table_leaf_size(b.module, b"numbers") == 2
    assert lib.bpf_num_tables(b.module) == 2 and lib.bpf_num_functions(b.module) == 2
    assert [lib.bpf_function_name(b.module, i) for i in range(3)] == [b"other", b"pass", None]
    assert lib.bpf_function_size(b.module, b"pass") == len(b.dump_func("pass"))
    assert lib.bpf_table_fd(None, b"pids") == -1
    names = [b"pids", b"numbers"]
    assert [lib.bpf_table_name(b.module, lib.bpf_table_id(b.module, name)) for name in names] == names
    assert lib.bpf_table_name(b.module, 2) is None
    version = [int(number) for number in re.findall(r"\d+", os.uname().release)[:3]]
    assert lib.bpf_module_kern_version(b.module) == version[0] << 16 | version[1] << 8 | min(version[2], 255)


@pytest.mark.parametrize("text, license", [
    ("", b"GPL"), ("#define BPF_LICENSE Dual BSD/GPL\n", b"Dual BSD/GPL"),
    ('char mine[] __attribute__((section("license"), used)) = "GPL v2";', b"GPL v2")])
def test_the_modules_licence(text, license):
    with BPF(text=text + TEXT) as made:
        assert lib.bpf_module_license(made.module) == license
        made.load_func("other", BPF.KPROBE)


def test_elements_of_maps(b):
    fd, key, value = b["pids"].map_fd, ct.c_uint(7), ct.c_ulonglong(70)
    assert lib.bpf_update_elem(fd, ct.byref(key), ct.byref(value), 0) == 0 and b["pids"][key].value == 70
    found, first = ct.c_ulonglong(), ct.c_uint()
    assert lib.bpf_lookup_elem(fd, ct.byref(key), ct.byref(found)) == 0 and found.value == 70
    assert lib.bpf_get_first_key(fd, ct.byref(first), 4) == 0 and first.value == 7
    assert lib.bpf_get_next_key(fd, ct.byref(first), ct.byref(key)) == -1 and ct.get_errno() == errno.ENOENT
    assert lib.bpf_delete_elem(fd, ct.byref(first)) == 0
    assert lib.bpf_lookup_elem(fd, ct.byref(first), ct.byref(found)) == -1 and ct.get_errno() == errno.ENOENT


def test_batches(b):
    keys, values, count = (ct.c_uint * 3)(1, 2, 3), (ct.c_ulonglong * 3)(10, 20, 30), ct.c_uint32(3)
    fd = b["pids"].map_fd
    assert lib.bpf_update_batch(fd, keys, values, ct.byref(count)) == 0 and count.value == 3 == len(b["pids"])
    got_keys, got_values, place, count = (ct.c_uint * 50)(), (ct.c_ulonglong * 50)(), ct.c_uint32(), ct.c_uint32(50)
    assert lib.bpf_lookup_batch(fd, None, ct.byref(place), got_keys, got_values, ct.byref(count)) == -1
    assert ct.get_errno() == errno.ENOENT, "the end"
    assert sorted(zip(got_keys[:count.value], got_values)) == [(1, 10), (2, 20), (3, 30)]
    count = ct.c_uint32(2)
    assert lib.bpf_delete_batch(fd, keys, ct.byref(count)) == 0 and len(b["pids"]) == 1


def test_maps_by_id_and_new_ones(b):
    fd = lib.bcc_create_map(1, b"mine", 4, 8, 10, 0)
    assert fd > 2
    info = (ct.c_uint * 20)()
    size = ct.c_uint32(ct.sizeof(info))
    assert lib.bpf_obj_get_info_by_fd(fd, info, ct.byref(size)) == 0
    assert list(info[:5]) == [1, info[1], 4, 8, 10] and bytes(info)[24:40].rstrip(b"\0") == b"mine"
    again = lib.bpf_map_get_fd_by_id(info[1])
    assert again > 2 and again != fd
    os.close(again)
    os.close(fd)


def test_pinning(b):
    assert lib.bpf_obj_get(b"/sys/fs/bpf/no-such-object") == -1 and ct.get_errno() in (errno.ENOENT, errno.EPERM)
    assert lib.bpf_obj_pin(b["pids"].map_fd, b"/proc/no-bpf-file-system") == -1


def test_socket_filters(b):
    sock = lib.bpf_open_raw_sock(b"lo")
    assert sock > 2 and not os.get_blocking(sock)
    assert lib.bpf_attach_socket(sock, b.load_func("pass", BPF.SOCKET_FILTER).fd) == 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"told", ("127.0.0.1", 9))
    assert b"told" in os.read(sock, 2048)
    os.close(sock)
    assert lib.bpf_open_raw_sock(b"no-such-dev") == -1 and ct.get_errno() == errno.ENODEV
    assert lib.bpf_prog_attach(-1, -1, BPFAttachType.CGROUP_INET_INGRESS, 0) == -1 and ct.get_errno() == errno.EBADF


def test_a_test_run(b):
    program = b.load_func("pass", BPF.SOCKET_FILTER).fd
    packet = ct.create_string_buffer(64)
    options = bpf_test_run_opts(sz=ct.sizeof(bpf_test_run_opts), data_in=ct.addressof(packet), data_size_in=64,
                                repeat=3)
    assert lib.bpf_prog_test_run_opts(program, ct.byref(options)) == 0
    assert options.retval == 0xffffffff


INDIRECT = r"""
static int two(void) { return 2; }
static int (*choose(void))(void) { return two; }
int chosen(void) __attribute__((ifunc("choose")));
int main(void) { return chosen() + chosen() + chosen() != 6; }
"""


def test_who_asks_for_an_indirect_function_means_what_chooses_it(tmp_path):
    """As the example strlen_hist_ifunc does: elsewhere the name stands for the function that was chosen."""
    program = str(tmp_path / "indirect").encode()
    subprocess.run(["gcc", "-x", "c", "-O1", "-o", program, "-"], check=True, text=True,
                   input=INDIRECT)
    found, option = bcc_symbol(), bcc_symbol_option(use_symbol_type=1 << STT_GNU_IFUNC)
    assert lib.bcc_resolve_symname(program, b"main", 0, 0, ct.byref(option), ct.byref(found)) == -1
    b = BPF(text="BPF_ARRAY(runs, u64, 1); int count(void *ctx) { runs.atomic_increment(0); return 0; }")
    with pytest.raises(Exception, match="chosen when a program starts"):
        b.attach_uprobe(name=program, sym="chosen", fn_name="count")
    assert lib.bcc_resolve_symname(program, b"chosen", 0, 0, ct.byref(option), ct.byref(found)) == 0
    b.attach_uprobe(name=program, sym="chosen", fn_name="count")
    assert b.num_open_uprobes() == 1 and b"_0x%x" % found.offset in next(iter(b.uprobe_fds))
    subprocess.run([program], check=True)
    assert b["runs"][0].value == 1
    b.detach_uprobe(name=program, sym="chosen")
    assert b.num_open_uprobes() == 0
    b.cleanup()


def test_names_in_files():
    found = bcc_symbol()
    option = bcc_symbol_option(use_debug_file=1, check_debug_file_crc=1, use_symbol_type=1 << STT_FUNC)
    assert lib.bcc_resolve_symname(b"c", b"getppid", 0, 0, ct.byref(option), ct.byref(found)) == 0
    path = ct.cast(found.module, ct.c_char_p).value
    assert path == BPF.find_library("c") and found.offset > 0 and found.name == b"getppid"
    lib.bcc_procutils_free(ct.cast(found.module, ct.c_void_p))
    assert lib.bcc_resolve_symname(b"c", b"no_such_function", 0, 0, None, ct.byref(found)) == -1

    names = []
    assert lib.bcc_foreach_function_symbol(path, _SYM_CB_TYPE(lambda name, address: names.append(name) or 0)) == 0
    assert b"getppid" in names
    stopped = []
    assert lib.bcc_foreach_function_symbol(path, _SYM_CB_TYPE(lambda name, address: stopped.append(name) or -1)) == 0
    assert len(stopped) == 1
    assert lib.bcc_foreach_function_symbol(b"/no/such/file", _SYM_CB_TYPE(lambda *_: 0)) == -1
    which = lib.bcc_procutils_which_so(b"c", 0)
    assert ct.cast(which, ct.c_char_p).value == path
    lib.bcc_procutils_free(which)


def test_names_of_addresses():
    address = BPF.ksymname("vfs_read")
    cache, found, back = lib.bcc_symcache_new(-1, None), bcc_symbol(), ct.c_ulonglong()
    for handle in (cache, BPF._sym_cache(-1).cache):
        assert lib.bcc_symcache_resolve(handle, address + 3, ct.byref(found)) == 0
        assert (found.name, found.demangle_name, found.offset) == (b"vfs_read", b"vfs_read", 3)
        assert ct.cast(found.module, ct.c_char_p).value == b"kernel"
        lib.bcc_symbol_free_demangle_name(ct.byref(found))
    assert lib.bcc_symcache_resolve_name(cache, None, b"vfs_read", ct.byref(back)) == 0 and back.value == address
    assert lib.bcc_symcache_resolve(cache, 5, ct.byref(found)) == -1 and found.name is None
    lib.bcc_free_symcache(cache, -1)


ATTACHED = """
BPF_ARRAY(hits, u64, 4);
int raw(struct bpf_raw_tracepoint_args *ctx) {
    if (ctx->args[1] == 110 && bpf_get_current_pid_tgid() >> 32 == PID) hits.atomic_increment(0);
    return 0;
}
int tracepoint(void *ctx) { if (bpf_get_current_pid_tgid() >> 32 == PID) hits.atomic_increment(1); return 0; }
int timer(struct bpf_perf_event_data *ctx) { hits.atomic_increment(2); return 0; }
int number(struct __sk_buff *skb) { return skb->len; }
"""


@pytest.fixture
def attached():
    with BPF(text=ATTACHED, cflags=["-DPID=%d" % os.getpid()]) as made:
        yield made


def test_attaching_by_descriptor(attached):
    raw = attached.load_func("raw", BPF.RAW_TRACEPOINT).fd
    tracepoint = attached.load_func("tracepoint", BPF.TRACEPOINT).fd
    fds = [lib.bpf_attach_raw_tracepoint(raw, b"sys_enter"),
           lib.bpf_attach_tracepoint(tracepoint, b"syscalls", b"sys_enter_getppid")]
    assert min(fds) >= 0
    for _ in range(23):
        os.getppid()
    for fd in fds:
        assert lib.bpf_close_perf_event_fd(fd) == 0
    assert lib.bpf_detach_tracepoint(b"syscalls", b"sys_enter_getppid") == 0
    os.getppid()
    assert [leaf.value for leaf in attached["hits"].values()][:2] == [23, 23]
    assert lib.bpf_attach_raw_tracepoint(raw, b"no_such_event") == -1 and ct.get_errno() == errno.ENOENT
    assert lib.bpf_attach_tracepoint(tracepoint, b"syscalls", b"no_such_event") == -1 and ct.get_errno() == errno.ENOENT
    assert lib.bpf_attach_kfunc(raw) == -1 == lib.bpf_attach_lsm(raw) and ct.get_errno() > 0
    assert lib.bpf_attach_xdp(b"no_such_device", raw, 0) == -1 and ct.get_errno() == errno.ENODEV


def test_perf_events_by_descriptor(attached):
    from bcc import Perf, PerfSWConfig, PerfType
    timer = attached.load_func("timer", BPF.PERF_EVENT).fd
    attr = Perf.perf_event_attr(type=PerfType.SOFTWARE, config=PerfSWConfig.CPU_CLOCK, sample_freq=1000, freq=1)
    kind, clock, pid = PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK, os.getpid()
    for attach in (lambda: lib.bpf_attach_perf_event(timer, kind, clock, 0, 1000, pid, -1, -1),
                   lambda: lib.bpf_attach_perf_event_raw(timer, ct.byref(attr), pid, -1, -1, 0)):
        before, fd = attached["hits"][2].value, attach()
        assert fd >= 0
        deadline = time.monotonic() + 60
        while attached["hits"][2].value == before and time.monotonic() < deadline:
            pass
        assert attached["hits"][2].value > before and lib.bpf_close_perf_event_fd(fd) == 0
    assert lib.bpf_attach_perf_event(timer, kind, 0, 0, 0, -1, 0, -1) == -1 and ct.get_errno() == errno.EINVAL
    assert lib.bpf_attach_perf_event(timer, PerfType.TRACEPOINT, 0, 1, 0, -1, 0, -1) == -1
    counter = lib.bpf_open_perf_event(kind, clock, pid, -1)
    assert counter >= 0 and int.from_bytes(os.read(counter, 8), "little") > 0
    assert lib.bpf_close_perf_event_fd(counter) == 0
    assert lib.bpf_open_perf_event(PerfType.SOFTWARE, 0xffff, -1, 0) == -1 and ct.get_errno() == errno.ENOENT


def test_a_run_on_given_data(attached):
    data, out = bytes(64), ct.create_string_buffer(128)
    size, retval, duration = ct.c_uint32(128), ct.c_uint32(), ct.c_uint32()
    fd = attached.load_func("number", BPF.SOCKET_FILTER).fd
    assert lib.bpf_prog_test_run(fd, 3, data, 64, out, ct.byref(size), ct.byref(retval), ct.byref(duration)) == 0
    assert (retval.value, size.value) == (50, 64), "a socket filter sees what is behind the Ethernet header"
    assert lib.bpf_prog_test_run(fd, 1, data, 3, None, None, ct.byref(retval), None) == -1
    assert ct.get_errno() == errno.EINVAL


def test_questions_about_the_kernel():
    assert lib.bpf_has_kernel_btf() is True
    assert lib.kernel_struct_has_field(b"task_struct", b"pid") == 1
    assert lib.kernel_struct_has_field(b"no_such_struct", b"pid") == -1
    assert lib.kernel_enum_has_val(b"bpf_map_type", b"BPF_MAP_TYPE_HASH") == 1
    assert lib.kernel_enum_has_val(None, b"no_such_value") == 0


@pytest.mark.parametrize("name, instead", [
    ("bpf_attach_kprobe", "attach_kprobe"), ("bpf_detach_uprobe", "detach_uprobe"),
    ("bpf_open_perf_buffer_opts", "open_perf_buffer"), ("perf_reader_poll", "perf_buffer_poll"),
    ("bpf_module_create_c_from_string", "BPF"), ("bcc_usdt_new_frompid", "USDT"),
    ("bcc_symcache_refresh", "sym"), ("bcc_free_buildsymcache", "sym"),
    ("bpf_module_rw_engine_enabled", "key_sprintf")])
def test_a_missing_function_names_what_does_the_same(name, instead):
    with pytest.raises(AttributeError, match="function %s is not in sonde's bcc package; .*%s" % (name, instead)):
        getattr(lib, name)
    assert not hasattr(lib, name)


def test_what_is_missing_is_an_attribute_error():
    with pytest.raises(AttributeError, match="bpf_no_such_function"):
        lib.bpf_no_such_function
