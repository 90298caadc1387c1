"""Statically defined probes of programs and libraries (USDT).

    usdt = USDT(pid=181)                          # or path="/usr/bin/node"
    usdt.enable_probe("gc__start", "on_gc")       # the C function on_gc reads arguments with bpf_usdt_readarg()
    b = BPF(text=program, usdt_contexts=[usdt])

Semaphores of probes are counted up by the kernel while they are attached: no pid is needed for that.
"""
import sys

from . import _core
from .utils import text_of


class USDTException(Exception):
    pass


class USDTProbeArgument:
    """Where one argument lies. What does not apply to it is not an attribute of it."""

    _CONSTANT, _OFFSET, _SYMBOL, _BASE, _INDEX, _SCALE = 1, 2, 4, 8, 16, 32

    def __init__(self, fields):
        self.kind, size, self.signed, constant, base, index, scale, offset, symbol, self.text = fields
        self.size = size
        self.valid = 0
        is_memory = self.kind == "memory"
        self._set(self._CONSTANT, "constant", constant if self.kind == "constant" else None)
        self._set(self._OFFSET, "deref_offset", offset if is_memory else None)
        self._set(self._SYMBOL, "deref_ident", symbol)
        self._set(self._BASE, "base_register_name", base)
        self._set(self._INDEX, "index_register_name", index)
        self._set(self._SCALE, "scale", scale if index else None)

    def _set(self, flag, name, value):
        if value is not None:
            self.valid |= flag
            setattr(self, name, value)

    def _place(self):
        if self.kind == "unreadable":
            return self.text
        if self.kind == "constant":
            return "&%s + %d" % (self.deref_ident, self.constant) if self.valid & self._SYMBOL else "%d" % self.constant
        if self.kind == "register":
            return self.base_register_name
        place = "&" + self.deref_ident if self.valid & self._SYMBOL else getattr(self, "base_register_name", "")
        if not place:
            place = "%d" % self.deref_offset if self.deref_offset or not self.valid & self._INDEX else ""
        elif self.deref_offset or not self.valid & self._SYMBOL:
            place = "%s %s %d" % (place, "-" if self.deref_offset < 0 else "+", abs(self.deref_offset))
        if self.valid & self._INDEX:
            place += "%s%s * %d" % (" + " if place else "", self.index_register_name, self.scale)
        return "*(%s)" % place

    def __str__(self):
        return "%d %s bytes @ %s" % (self.size, "signed  " if self.signed else "unsigned", self._place())


class USDTProbeLocation:
    def __init__(self, probe, index, fields):
        self.probe = probe
        self.index = index
        self.address, self._arguments = fields
        self.num_arguments = len(self._arguments)
        self.bin_path = probe.bin_path

    def __str__(self):
        return "%s 0x%x" % (text_of(self.bin_path), self.address)

    def get_argument(self, index):
        if not 0 <= index < self.num_arguments:
            raise USDTException("%s has %d arguments; there is no argument with the index %d"
                                % (self.probe.short_name(), self.num_arguments, index))
        return USDTProbeArgument(self._arguments[index])


class USDTProbe:
    def __init__(self, context, fields):
        self.context = context
        provider, name, self.bin_path, self.semaphore, self._locations = fields
        self.provider, self.name = provider.encode(), name.encode()
        self.num_locations = len(self._locations)
        self.num_arguments = max(len(arguments) for _, arguments in self._locations)

    def __str__(self):
        return "%s [sema 0x%x]" % (self.short_name(), self.semaphore)

    def short_name(self):
        return "%s:%s" % (self.provider.decode(), self.name.decode())

    def get_location(self, index):
        if not 0 <= index < self.num_locations:
            raise USDTException("%s has %d locations; there is none with the index %d"
                                % (self.short_name(), self.num_locations, index))
        return USDTProbeLocation(self, index, self._locations[index])


class USDT:
    """The probes of a running process, of a file, or of a file as a process runs it."""

    def __init__(self, pid=None, path=None):
        self.pid = -1 if pid is None else pid
        self.path = path
        path = path or None  # scripts pass on the empty text of an option that was not given
        has_pid = self.pid != -1
        if not has_pid and path is None:
            raise USDTException("either a pid or a binary path must be specified")
        try:
            if path is not None:
                self._usdt = _core.Usdt.of_path(text_of(path), self.pid if has_pid else -1)
            else:
                self._usdt = _core.Usdt.of_process(self.pid)
        except Exception as error:
            where = "path %s" % text_of(path) if path is not None else "PID %d" % self.pid
            raise USDTException("USDT failed to instrument %s: %s" % (where, error)) from None

    def enable_probe(self, probe, fn_name):
        """`probe` is "name" or "provider:name"; `fn_name` the C function that runs when it is hit."""
        try:
            self._usdt.enable(text_of(probe), text_of(fn_name))
        except Exception as error:
            raise USDTException("Failed to enable USDT probe '%s': %s" % (text_of(probe), error)) from None

    def enable_probe_or_bail(self, probe, fn_name):
        try:
            self.enable_probe(probe, fn_name)
        except USDTException as error:
            print(error, file=sys.stderr)
            sys.exit(1)

    def get_context(self):
        """What BPF() takes from here."""
        return self._usdt

    def get_text(self):
        """The C functions behind bpf_usdt_readarg() of the enabled probes."""
        return self._usdt.readers()

    def get_probe_arg_ctype(self, probe_name, arg_index):
        """"int32_t", "uint64_t", …: the largest of all locations; "" for an unknown probe. `arg_index` counts from
        0."""
        wanted = text_of(probe_name)
        found = ""
        size = 0
        for probe in self.enumerate_probes():
            if wanted not in (probe.name.decode(), probe.short_name()):
                continue
            for location in map(probe.get_location, range(probe.num_locations)):
                if arg_index < location.num_arguments and location.get_argument(arg_index).size > size:
                    argument = location.get_argument(arg_index)
                    size = argument.size
                    found = "%sint%d_t" % ("" if argument.signed else "u", size * 8)
        return found

    def enumerate_probes(self):
        return [USDTProbe(self._usdt, fields) for fields in self._usdt.probes()]

    def enumerate_active_probes(self):
        """(path, function, address, pid) of each location of each enabled probe."""
        return self._usdt.enabled()

    def attach_uprobes(self, bpf, attach_usdt_ignore_pid):
        bpf._session.attach_usdt(self._usdt.in_any_process() if attach_usdt_ignore_pid else self._usdt)
