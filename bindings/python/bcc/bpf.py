"""The class BPF: a program in C, compiled and loaded, with its tables as items."""
import atexit
import os
import sys
from _weakref import ref

from . import _core, quota
from .attaching import Attaching
from .constants import DEBUG_BPF, DEBUG_BPF_REGISTER_STATE, BPFProgType, XDPAction, XDPFlags
from .kernel import Kernel
from .lazy import lazy, lazy_class_attribute
from .network import Network
from .trace_pipe import TracePipe
from .uprobes import Uprobes
from .utils import _assert_is_bytes, text_of


class Function:
    """A loaded program. It keeps its descriptor open, not its BPF object, which has it in `funcs`."""

    def __init__(self, bpf, name, fd):
        self._bpf = ref(bpf)
        self._session = bpf._session
        self.name = name
        self.fd = fd

    @property
    def bpf(self):
        return self._bpf()


for _name in ("SOCKET_FILTER", "KPROBE", "SCHED_CLS", "SCHED_ACT", "TRACEPOINT", "XDP", "PERF_EVENT", "CGROUP_SKB",
              "CGROUP_SOCK", "LWT_IN", "LWT_OUT", "LWT_XMIT", "SOCK_OPS", "SK_SKB", "CGROUP_DEVICE", "SK_MSG",
              "RAW_TRACEPOINT", "CGROUP_SOCK_ADDR", "TRACING", "LSM"):
    setattr(Function, _name, getattr(BPFProgType, _name))


class Names:
    """Class attributes that scripts write as BPF.KPROBE, BPF.XDP_DROP and so on."""

    CLOCK_MONOTONIC = 1
    Function = Function

    XDP_ABORTED = XDPAction.XDP_ABORTED
    XDP_DROP = XDPAction.XDP_DROP
    XDP_PASS = XDPAction.XDP_PASS
    XDP_TX = XDPAction.XDP_TX
    XDP_REDIRECT = XDPAction.XDP_REDIRECT
    XDP_FLAGS_UPDATE_IF_NOEXIST = XDPFlags.UPDATE_IF_NOEXIST
    XDP_FLAGS_SKB_MODE = XDPFlags.SKB_MODE
    XDP_FLAGS_DRV_MODE = XDPFlags.DRV_MODE
    XDP_FLAGS_HW_MODE = XDPFlags.HW_MODE
    XDP_FLAGS_REPLACE = XDPFlags.REPLACE

    @lazy_class_attribute
    def Table():
        from .table import Table
        return staticmethod(Table)

    @lazy_class_attribute
    def timespec():
        import ctypes as ct
        return type("timespec", (ct.Structure,), {"_fields_": [("tv_sec", ct.c_long), ("tv_nsec", ct.c_long)]})

    @lazy_class_attribute
    def str2ctype():
        from .ctype_names import str2ctype
        return str2ctype

    @lazy_class_attribute
    def _probe_repl():
        import re
        return re.compile(b"[^a-zA-Z0-9_]")


for _name in (name for name in vars(Function) if name.isupper()):
    setattr(Names, _name, getattr(Function, _name))


class BPF(dict, Names, Attaching, Kernel, Network, TracePipe, Uprobes):
    """BPF(text=…) or BPF(src_file=…) compiles, loads, and attaches what says by its name where it goes.

    It is the dictionary of the tables that were asked for so far: looking up one that is there already, which every
    event does, costs no Python code.
    """

    _session = None

    def __init__(self, src_file=b"", hdr_file=b"", text=None, debug=0, cflags=[], usdt_contexts=[], allow_rlimit=True,
                 device=None, attach_usdt_ignore_pid=False):
        super().__init__()
        assert not (text and src_file)
        self.debug = debug
        self.funcs = {}
        self.perf_buffers = {}
        self._ring_buffers = []
        self._prepare_attaching()
        _clean_up_later(self)
        try:
            _refuse_offload(device)
            self._start(src_file, hdr_file, text, cflags, usdt_contexts, attach_usdt_ignore_pid)
        except BaseException:
            self.cleanup()
            raise

    def _start(self, src_file, hdr_file, text, cflags, usdt_contexts, attach_usdt_ignore_pid):
        file_name = self._find_file(src_file) if src_file else None
        if file_name and hdr_file:
            self._find_file(hdr_file)
        contexts = [each.get_context() for each in usdt_contexts]
        self._session = self._load(_source_of(text, file_name), file_name, cflags, contexts)
        for each in usdt_contexts:
            each.attach_uprobes(self, attach_usdt_ignore_pid)
        self._attach_by_name()

    def _load(self, source, file_name, cflags, usdt_contexts):
        title = text_of(file_name) if file_name else "<text>"
        flags = [text_of(flag) for flag in ([cflags] if isinstance(cflags, (str, bytes)) else cflags)]
        try:
            compiled = _core.compile(source, file_name or "/virtual/main.c", flags, self.debug, usdt_contexts)
        except Exception as error:
            raise _failed_to_compile(title, error) from None
        _say(compiled.diagnostics)
        log_level = 2 if self.debug & DEBUG_BPF_REGISTER_STATE else 1 if self.debug & DEBUG_BPF else 0
        return _core.Session(compiled, log_level, _say if log_level else None)

    @staticmethod
    def _find_file(name):
        """A file as named, or beside the script."""
        name = _assert_is_bytes(name)
        if os.path.isfile(name):
            return name
        beside = os.path.join(os.path.dirname(os.path.abspath(os.fsencode(sys.argv[0]))), name)
        if not os.path.isfile(beside):
            raise Exception("Could not find file %s" % text_of(name))
        return beside

    # Programs

    def load_func(self, func_name, prog_type, device=None, attach_type=-1):
        """Loads a program as one of the types BPF.KPROBE, BPF.XDP, …; gives a Function with its descriptor."""
        func_name = _assert_is_bytes(func_name)
        _refuse_offload(device)
        if func_name in self.funcs:
            return self.funcs[func_name]
        self._require_program(func_name)
        try:
            fd = self._session.load_program(func_name, prog_type, attach_type)
        except Exception as error:
            if getattr(error, "kind", "") == "permission":
                raise Exception("Need super-user privileges to run: %s" % error) from None
            raise Exception("Failed to load BPF program %s: %s" % (text_of(func_name), error)) from None
        self.funcs[func_name] = Function(self, func_name, fd)
        return self.funcs[func_name]

    def _loaded_fd(self, func_name):
        """The descriptor of a program that has just been attached; `funcs` has it, too, from now on."""
        if func_name not in self.funcs:
            self.funcs[func_name] = Function(self, func_name, self._session.program_fd(func_name))
        return self.funcs[func_name].fd

    def load_funcs(self, prog_type=BPFProgType.KPROBE):
        return [self.load_func(name, prog_type) for name, *_ in self._session.programs()]

    def _require_program(self, name):
        if all(each.encode() != name for each, *_ in self._session.programs()):
            raise Exception("Unknown program %s" % text_of(name))

    def dump_func(self, func_name):
        """The program's instructions, 8 bytes each."""
        func_name = _assert_is_bytes(func_name)
        self._require_program(func_name)
        return self._session.instructions(func_name)

    def disassemble_func(self, func_name):
        """The same as text."""
        from .disassembler import disassemble_prog
        return disassemble_prog(_assert_is_bytes(func_name), self.dump_func(func_name))

    def decode_table(self, table_name, sizeinfo=False):
        """What a table's keys and leaves look like, as text."""
        from .disassembler import decode_map
        name = _assert_is_bytes(table_name)
        table = self[table_name]
        return decode_map(name, table, table.ttype, sizeinfo=sizeinfo)

    # Tables

    def __missing__(self, key):
        table = self[key] = self.get_table(key)
        return table

    def get_table(self, name, keytype=None, leaftype=None, reducer=None):
        """A new table object over the map `name`; KeyError if there is none."""
        from .table import table_of
        found = self._session.map(_assert_is_bytes(name))
        if found is None:
            raise KeyError
        return table_of(self, found, keytype, leaftype, reducer)

    @staticmethod
    def _decode_table_type(desc):
        """The ctypes class for a type as libbcc describes it: "int", or ["name", [["field", "int"], …], "struct"]."""
        from .description import class_of
        return class_of(desc)

    @property
    def tables(self):
        return self

    @lazy
    def _layouts(self):
        from .layout import Layouts
        return Layouts(self._session.type)

    # A BPF object is itself, not the sum of the tables that were looked at.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__
    __repr__ = object.__repr__

    # Events

    def perf_buffer_poll(self, timeout=-1):
        """Waits for events of the perf buffers, at most `timeout` milliseconds, and calls their callbacks."""
        self._session.poll_perf_buffers(timeout)

    kprobe_poll = perf_buffer_poll

    def perf_buffer_consume(self):
        """Calls the callbacks for what is there, without waiting."""
        self._session.consume_perf_buffers()

    def ring_buffer_poll(self, timeout=-1):
        self._require_ring_buffers()
        self._session.poll_ring_buffers(timeout)

    def ring_buffer_consume(self):
        self._require_ring_buffers()
        self._session.consume_ring_buffers()

    def _open_ring_buffer(self, map_fd, fn, ctx=None):
        """fn(ctx, data, size) for each event of the ring buffer that the descriptor is of."""
        names = [name for name in self._session.map_names() if self._session.map(name).fd == map_fd]
        if not names:
            raise Exception("Could not open ring buffer: %d is not the descriptor of a table of this program" % map_fd)
        self[names[0].encode()].open_ring_buffer(fn, ctx)

    def _require_ring_buffers(self):
        if not self._ring_buffers:
            raise Exception("No ring buffers to poll")

    # The end

    @property
    def module(self):
        """Not None while the program is loaded: what functions of libbcc's `lib` take."""
        return self._session if self._session is not None and not self._session.closed else None

    def close(self):
        self.cleanup()

    def cleanup(self):
        """Detaches and unloads everything. Tables cannot be used any more."""
        _open.pop(id(self), None)
        if self._session is None or self._session.closed:
            return
        self._forget_attachments()
        for table in self.values():
            if hasattr(table, "close"):
                table.close()
        self.clear()
        self.perf_buffers.clear()
        self._ring_buffers.clear()
        if self.tracefile:
            self.tracefile.close()
            self.tracefile = None
        self._session.close()

    def __del__(self):
        """What is attached goes with the last of the object, its tables and its programs; the quota has room now."""
        if self._session is not None and not self._session.closed:
            self._forget_attachments()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.cleanup()

    def free_bcc_memory(self):
        """Nothing to free: the compiler was never in this process."""
        return 0

    def donothing(self):
        """For scripts that want a callback which does nothing."""

    @staticmethod
    def monotonic_time():
        """The clock of bpf_ktime_get_ns(), in nanoseconds."""
        import time
        return float(time.clock_gettime_ns(time.CLOCK_MONOTONIC))

    get_probe_limit = staticmethod(quota.get_probe_limit)


_open = {}  # id -> weak reference of each object that has not been cleaned up


def _clean_up_later(bpf):
    """At the end of the process. BCC keeps every object until then; here one that nobody has any more is gone at
    once."""
    if not _open:
        atexit.unregister(_clean_up_all)
        atexit.register(_clean_up_all)
    _open[id(bpf)] = ref(bpf, lambda _, key=id(bpf): _open.pop(key, None))


def _clean_up_all():
    """An impatient second Ctrl-C would end the clean-up half way, with a traceback; the process ends after it
    anyway."""
    import _signal
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    for each in reversed(list(_open.values())):
        bpf = each()
        if bpf is not None:
            bpf.cleanup()


def _refuse_offload(device):
    if device:
        raise Exception("Programs that run on the network device %s itself (offload) are not supported: "
                        "without device= the kernel runs them" % text_of(device))


def _source_of(text, file_name):
    if file_name:
        with open(file_name, "rb") as file:
            return file.read()
    if text is None:
        raise TypeError("BPF() takes text= or src_file=")
    return _assert_is_bytes(text)


def _say(diagnostics):
    """The compiler's words go where the script's errors go, in their own encoding."""
    if diagnostics:
        sys.stderr.write(diagnostics.decode("utf-8", "replace") if isinstance(diagnostics, bytes) else diagnostics)
        sys.stderr.flush()


def _failed_to_compile(title, error):
    message = "Failed to compile BPF module %s" % title
    if getattr(error, "kind", "") != "compile":
        return Exception("%s: %s" % (message, error))
    _say(error.what if error.what.endswith("\n") else error.what + "\n")
    return Exception("%s\n  hint: %s" % (message, error.hint) if error.hint else message)
