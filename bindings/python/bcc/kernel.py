"""What scripts ask about the kernel: symbols, functions, tracepoints, features. Static methods of BPF."""
import os

from . import _core
from .utils import _assert_is_bytes, text_of

DEBUGFS = "/sys/kernel/debug"
TRACEFS = DEBUGFS + "/tracing"
if not os.path.exists(TRACEFS):
    TRACEFS = "/sys/kernel/tracing"

_KEYWORD_INCLUDES = {
    "time": "linux/time.h", "fs": "linux/fs.h", "file": "linux/fs.h", "bio": "linux/blkdev.h",
    "request": "linux/blkdev.h", "alloc": "linux/slab.h", "sk_buff": "linux/netdevice.h",
    "net_device": "linux/netdevice.h",
}


def literal_prefix(pattern):
    """What every name that matches the regular expression `pattern` begins with."""
    if "|" in pattern:
        return ""
    pattern = pattern[1:] if pattern.startswith("^") else pattern
    for length, letter in enumerate(pattern):
        if not (letter.isalnum() or letter == "_"):
            # *, ? and { say how often the letter before them comes: perhaps not at all.
            return pattern[:max(length - 1, 0)] if letter in "*?{" else pattern[:length]
    return pattern


class Kernel:
    _auto_includes = {header: [word for word, each in _KEYWORD_INCLUDES.items() if each == header]
                      for header in dict.fromkeys(_KEYWORD_INCLUDES.values())}
    _syscall_prefixes = [b"sys_", b"__x64_sys_", b"__x32_compat_sys_", b"__ia32_compat_sys_", b"__arm64_sys_",
                         b"__s390x_sys_", b"__s390_sys_", b"__riscv_sys_"]

    @classmethod
    def generate_auto_includes(cls, program_words):
        """#include lines for the headers that words of a program hint at."""
        return "".join("#include <%s>\n" % header for header, keywords in cls._auto_includes.items()
                       if any(keyword in word for keyword in keywords for word in program_words))

    @staticmethod
    def find_exe(bin_path):
        """The path of a program as the shell would find it, or None."""
        from shutil import which
        return which(_assert_is_bytes(bin_path))

    # Symbols

    @staticmethod
    def ksymname(name):
        """The address of a kernel symbol, -1 if there is none."""
        address = _core.kernel_address(name)
        return -1 if address is None else address

    # Not functions of Python: they are called millions of times. help(BPF.sym) says what they take.
    sym = _core.sym
    ksym = _core.ksym
    _sym_caches = _core.sym_caches  # pid -> SymbolCache, of the pids that sym() was asked for; -1: the kernel

    @staticmethod
    def _sym_cache(pid):
        """The SymbolCache that sym() asks for this pid."""
        pid = max(pid, -1)
        if pid not in Kernel._sym_caches:
            Kernel._sym_caches[pid] = _core.SymbolCache(pid)
        return Kernel._sym_caches[pid]

    @staticmethod
    def add_module(modname):
        """Makes a file known to sym() by its build-id: a path, or a library's name. For stacks that hold build-ids."""
        try:
            _core.add_module(text_of(modname))
        except Exception as error:  # scripts go on without the names
            print("Error adding module to build sym cache: %s" % error)

    # System calls

    def get_syscall_prefix(self):
        """What this kernel's functions of system calls begin with: b"__x64_sys_"."""
        return _core.syscall_prefix()

    def get_syscall_fnname(self, name):
        return self.get_syscall_prefix() + _assert_is_bytes(name)

    def fix_syscall_fnname(self, name):
        """The same system call's function as this kernel calls it; any other name unchanged."""
        name = _assert_is_bytes(name)
        for prefix in self._syscall_prefixes:
            if name.startswith(prefix):
                return self.get_syscall_fnname(name[len(prefix):])
        return name

    @staticmethod
    def add_prefix(prefix, name):
        prefix, name = _assert_is_bytes(prefix), _assert_is_bytes(name)
        return name if name.startswith(prefix) else prefix + name

    # Functions and tracepoints

    @staticmethod
    def get_kprobe_functions(event_re):
        """The functions that match and that a kprobe can be put on: a set of bytes."""
        import re
        event_re = _assert_is_bytes(event_re)
        matches = re.compile(event_re).fullmatch
        return {name for name in _core.probe_functions(literal_prefix(text_of(event_re))) if matches(name)}

    @staticmethod
    def get_tracepoints(tp_re):
        """The tracepoints that match, as b"category:event"."""
        import re
        matches = re.compile(_assert_is_bytes(tp_re)).match
        return [name for name in _core.tracepoints() if matches(name)]

    @staticmethod
    def tracepoint_exists(category, event):
        return _core.tracepoint_exists(_assert_is_bytes(category), _assert_is_bytes(event))

    # Features

    @staticmethod
    def support_kfunc():
        return _core.has_feature("fentry")

    @staticmethod
    def support_fmod_ret():
        return _core.has_feature("fentry")

    @staticmethod
    def support_lsm():
        return Kernel.ksymname("bpf_lsm_bpf") != -1

    @staticmethod
    def support_raw_tracepoint():
        return _core.has_feature("raw_tracepoint")

    @staticmethod
    def support_raw_tracepoint_in_module():
        return Kernel.ksymname("bpf_trace_modules") != -1

    @staticmethod
    def kernel_struct_has_field(struct_name, field_name):
        """1 or 0; -1 when this kernel has no such struct, or does not describe its types."""
        return _core.struct_has_field(_assert_is_bytes(struct_name), _assert_is_bytes(field_name))

    @staticmethod
    def kernel_enum_has_val(enum_name, value_name):
        return _core.enum_has_value(_assert_is_bytes(enum_name), _assert_is_bytes(value_name))
