"""Addresses to names. The kernel's for now; those of processes come with uprobes."""
import ctypes as ct
import os

from . import _core
from .later import not_yet


def _address(addr):
    return addr.value if isinstance(addr, ct._SimpleCData) else addr


class SymbolCache:
    """Names of the kernel (pid < 0)."""

    def __init__(self, pid):
        if pid >= 0:
            raise not_yet("symbols of processes")
        self.pid = pid

    def resolve(self, addr, demangle=True):
        """(name, offset, module) as bytes and int; (None, addr, None) when nothing is known."""
        found = _core.kernel_symbol(_address(addr))
        return found if found else (None, _address(addr), None)

    def resolve_name(self, module, name):
        address = _core.kernel_address(name)
        return -1 if address is None else address


_kernel = SymbolCache(-1)


def sym(addr, pid, show_module, show_offset, demangle):
    cache = _kernel if pid < 0 else SymbolCache(pid)
    name, offset, module = cache.resolve(addr, demangle)
    text = b"+0x%x" % offset if show_offset and name is not None else b""
    text = (name or b"[unknown]") + text
    if show_module and module is not None:
        text += b" [%s]" % os.path.basename(module)
    return text
