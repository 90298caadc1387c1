"""libbcc as scripts reach into it: `lib` with C's functions, and ctypes classes for what these take.

The functions are in _core's own file; `lib` has those that work on descriptors, names and the compiled module. What is
missing is an AttributeError, as it is for any library.
"""
import ctypes as ct

from . import _core

BCC_USDT_ARGUMENT_FLAGS = type("BCC_USDT_ARGUMENT_FLAGS", (), {
    "NONE": 0x0, "CONSTANT": 0x1, "DEREF_OFFSET": 0x2, "DEREF_IDENT": 0x4, "BASE_REGISTER_NAME": 0x8,
    "INDEX_REGISTER_NAME": 0x10, "SCALE": 0x20})


class bcc_symbol(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("demangle_name", ct.c_char_p),
                ("module", ct.POINTER(ct.c_char)),  # not bytes: the pointer is to be freed
                ("offset", ct.c_ulonglong)]


class bcc_symbol_option(ct.Structure):
    _fields_ = [("use_debug_file", ct.c_int), ("check_debug_file_crc", ct.c_int), ("lazy_symbolize", ct.c_int),
                ("use_symbol_type", ct.c_uint)]


class bcc_ip_offset_union(ct.Union):
    _fields_ = [("offset", ct.c_uint64), ("ip", ct.c_uint64)]


class bcc_stacktrace_build_id(ct.Structure):
    _fields_ = [("status", ct.c_uint32), ("build_id", ct.c_ubyte * 20), ("u", bcc_ip_offset_union)]


class bcc_perf_buffer_opts(ct.Structure):
    _fields_ = [("pid", ct.c_int), ("cpu", ct.c_int), ("wakeup_events", ct.c_int)]


class bpf_test_run_opts(ct.Structure):
    _fields_ = [("sz", ct.c_size_t), ("data_in", ct.c_void_p), ("data_out", ct.c_void_p), ("data_size_in", ct.c_uint32),
                ("data_size_out", ct.c_uint32), ("ctx_in", ct.c_void_p), ("ctx_out", ct.c_void_p),
                ("ctx_size_in", ct.c_uint32), ("ctx_size_out", ct.c_uint32), ("retval", ct.c_uint32),
                ("repeat", ct.c_int), ("duration", ct.c_uint32), ("flags", ct.c_uint32), ("cpu", ct.c_uint32)]


class bcc_usdt(ct.Structure):
    _fields_ = [("provider", ct.c_char_p), ("name", ct.c_char_p), ("bin_path", ct.c_char_p),
                ("semaphore", ct.c_ulonglong), ("num_locations", ct.c_int), ("num_arguments", ct.c_int)]


class bcc_usdt_location(ct.Structure):
    _fields_ = [("address", ct.c_ulonglong), ("bin_path", ct.c_char_p)]


class bcc_usdt_argument(ct.Structure):
    _fields_ = [("size", ct.c_int), ("valid", ct.c_int), ("constant", ct.c_longlong), ("deref_offset", ct.c_int),
                ("deref_ident", ct.c_char_p), ("base_register_name", ct.c_char_p), ("index_register_name", ct.c_char_p),
                ("scale", ct.c_int)]


_RAW_CB_TYPE = ct.CFUNCTYPE(None, ct.py_object, ct.c_void_p, ct.c_int)
_LOST_CB_TYPE = ct.CFUNCTYPE(None, ct.py_object, ct.c_ulonglong)
_RINGBUF_CB_TYPE = ct.CFUNCTYPE(ct.c_int, ct.c_void_p, ct.c_void_p, ct.c_int)
_SYM_CB_TYPE = ct.CFUNCTYPE(ct.c_int, ct.c_char_p, ct.c_ulonglong)
_USDT_CB = ct.CFUNCTYPE(None, ct.POINTER(bcc_usdt))
_USDT_PROBE_CB = ct.CFUNCTYPE(None, ct.c_char_p, ct.c_char_p, ct.c_ulonglong, ct.c_int)

_int, _uint, _u64, _size, _text, _any = ct.c_int, ct.c_uint, ct.c_ulonglong, ct.c_size_t, ct.c_char_p, ct.c_void_p
_symbol, _option, _count = ct.POINTER(bcc_symbol), ct.POINTER(bcc_symbol_option), ct.POINTER(ct.c_uint32)

# name: (result, what it takes)
_FUNCTIONS = {
    "bpf_module_license": (_text, _any),
    "bpf_module_kern_version": (_uint, _any),
    "bpf_num_functions": (_size, _any),
    "bpf_function_name": (_text, _any, _size),
    "bpf_function_size": (_size, _any, _text),
    "bpf_num_tables": (_size, _any),
    "bpf_table_id": (_size, _any, _text),
    "bpf_table_name": (_text, _any, _size),
    "bpf_update_elem": (_int, _int, _any, _any, _u64),
    "bpf_lookup_elem": (_int, _int, _any, _any),
    "bpf_delete_elem": (_int, _int, _any),
    "bpf_lookup_and_delete": (_int, _int, _any, _any),
    "bpf_get_first_key": (_int, _int, _any, _size),
    "bpf_get_next_key": (_int, _int, _any, _any),
    "bpf_lookup_batch": (_int, _int, _any, _any, _any, _any, _any),
    "bpf_lookup_and_delete_batch": (_int, _int, _any, _any, _any, _any, _any),
    "bpf_update_batch": (_int, _int, _any, _any, _any),
    "bpf_delete_batch": (_int, _int, _any, _any),
    "bcc_create_map": (_int, _int, _text, _int, _int, _int, _int),
    "bpf_obj_pin": (_int, _int, _text),
    "bpf_obj_get": (_int, _text),
    "bpf_map_get_fd_by_id": (_int, _uint),
    "bpf_prog_get_fd_by_id": (_int, _uint),
    "bpf_prog_get_next_id": (_int, _uint, _any),
    "bpf_obj_get_info_by_fd": (_int, _int, _any, _any),
    "bpf_obj_get_info": (_int, _int, _any, _any),
    "bpf_open_raw_sock": (_int, _text),
    "bpf_attach_socket": (_int, _int, _int),
    "bpf_prog_attach": (_int, _int, _int, _int, _uint),
    "bpf_prog_detach2": (_int, _int, _int, _int),
    "bpf_attach_raw_tracepoint": (_int, _int, _text),
    "bpf_attach_tracepoint": (_int, _int, _text, _text),
    "bpf_detach_tracepoint": (_int, _text, _text),
    "bpf_attach_kfunc": (_int, _int),
    "bpf_attach_lsm": (_int, _int),
    "bpf_attach_perf_event": (_int, _int, _uint, _uint, _u64, _u64, _int, _int, _int),
    "bpf_attach_perf_event_raw": (_int, _int, _any, _int, _int, _int, ct.c_ulong),
    "bpf_open_perf_event": (_int, _uint, _u64, _int, _int),
    "bpf_close_perf_event_fd": (_int, _int),
    "bpf_attach_xdp": (_int, _text, _int, _uint),
    "bpf_has_kernel_btf": (ct.c_bool,),
    "kernel_struct_has_field": (_int, _text, _text),
    "kernel_enum_has_val": (_int, _text, _text),
    "bpf_prog_test_run": (_int, _int, _int, _any, ct.c_uint32, _any, _count, _count, _count),
    "bpf_prog_test_run_opts": (_int, _int, ct.POINTER(bpf_test_run_opts)),
    "bcc_symcache_new": (_any, _int, _option),
    "bcc_free_symcache": (None, _any, _int),
    "bcc_symcache_resolve": (_int, _any, _u64, _symbol),
    "bcc_symcache_resolve_no_demangle": (_int, _any, _u64, _symbol),
    "bcc_symcache_resolve_name": (_int, _any, _text, _text, ct.POINTER(_u64)),
    "bcc_symbol_free_demangle_name": (None, _symbol),
    "bcc_resolve_symname": (_int, _text, _text, _u64, _int, _option, _symbol),
    "bcc_foreach_function_symbol": (_int, _text, _SYM_CB_TYPE),
    "bcc_procutils_which_so": (_any, _text, _int),
    "bcc_procutils_free": (None, _any),
}
for _name, _result in (("fd", _int), ("type", _int), ("flags", _int), ("max_entries", _size), ("key_size", _size),
                       ("leaf_size", _size)):
    _FUNCTIONS["bpf_table_" + _name] = (_result, _any, _text)
    _FUNCTIONS["bpf_table_%s_id" % _name] = (_result, _any, _size)


# What is not a function here, by the beginning of its name, and what does the same.
_INSTEAD = (
    ("bpf_attach_kprobe", "BPF.attach_kprobe() or attach_kretprobe()"), ("bpf_detach_kprobe", "BPF.detach_kprobe()"),
    ("bpf_attach_uprobe", "BPF.attach_uprobe() or attach_uretprobe()"), ("bpf_detach_uprobe", "BPF.detach_uprobe()"),
    ("bpf_module_create", "BPF(text=…)"), ("bpf_module_destroy", "BPF.cleanup()"),
    ("bcc_func_load", "BPF.load_func()"), ("bpf_function_start", "BPF.dump_func()"),
    ("bpf_table_key_desc", "the table's Key"), ("bpf_table_leaf_desc", "the table's Leaf"),
    ("bpf_table_key_s", "the table's key_sprintf() or key_scanf()"),
    ("bpf_table_leaf_s", "the table's leaf_sprintf() or leaf_scanf()"), ("bpf_perf_event_field", "the table's event()"),
    ("bpf_open_perf_buffer", "the table's open_perf_buffer()"), ("perf_reader_consume", "BPF.perf_buffer_consume()"),
    ("perf_reader_", "BPF.perf_buffer_poll()"), ("bpf_new_ringbuf", "the table's open_ring_buffer()"),
    ("bpf_add_ringbuf", "the table's open_ring_buffer()"), ("bpf_free_ringbuf", "BPF.cleanup()"),
    ("bpf_poll_ringbuf", "BPF.ring_buffer_poll()"), ("bpf_consume_ringbuf", "BPF.ring_buffer_consume()"),
    ("bcc_usdt_", "bcc.USDT"), ("bcc_buildsymcache_", "BPF.add_module() and BPF.sym()"),
    ("bcc_procutils_which_so_in_process", "BPF.find_library()"),
    ("bcc_procutils_language", "bcc.utils.detect_language()"),
    ("bcc_free_memory", "BPF.free_bcc_memory()"), ("bcc_free_buildsymcache", "BPF.sym()"),
    ("bcc_symcache_refresh", "BPF.sym()"), ("bpf_module_rw_engine_enabled", "the table's key_sprintf()"),
)


class _Lib(ct.CDLL):
    """_core's file: there each function's name has a prefix, as libbpf's functions are in the same file."""

    def __init__(self):
        super().__init__(_core.__file__, use_errno=True)

    def __getitem__(self, name):
        if name not in _FUNCTIONS:
            instead = next((advice for prefix, advice in _INSTEAD if name.startswith(prefix)), None)
            raise AttributeError("libbcc's function %s is not in sonde's bcc package%s"
                                 % (name, "; %s does it" % instead if instead else ""))
        function = super().__getitem__("sonde_c_" + name)
        function.__name__ = name
        function.restype, *function.argtypes = _FUNCTIONS[name]
        return function

    def __getattr__(self, name):
        function = self.__getitem__(name)
        setattr(self, name, function)
        return function


lib = _Lib()
