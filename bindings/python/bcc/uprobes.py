"""Functions of processes: attaching to them, and finding them. A part of BPF."""
import os

from . import _core, quota
from .utils import _assert_is_bytes, text_of


class Uprobes:
    def attach_uprobe(self, name=b"", sym=b"", sym_re=b"", addr=None, fn_name=b"", pid=-1, sym_off=0):
        """Runs the program fn_name where the program or library `name` enters the function `sym`, sym_off bytes into
        it, at the address `addr`, or enters any function whose name begins with a match of sym_re."""
        assert sym_off >= 0
        if addr is not None:
            assert sym_off == 0, "offset with addr is not supported"
        return self._attach_user("uprobe", name, sym, sym_re, addr, fn_name, pid, sym_off)

    def attach_uretprobe(self, name=b"", sym=b"", sym_re=b"", addr=None, fn_name=b"", pid=-1):
        """The same where functions return."""
        return self._attach_user("uretprobe", name, sym, sym_re, addr, fn_name, pid, 0)

    def _attach_user(self, kind, name, sym, sym_re, addr, fn_name, pid, sym_off):
        name, fn_name = _assert_is_bytes(name), _assert_is_bytes(fn_name)
        if sym_re:
            path, functions = _matching(name, sym_re, pid)
            self._attach_places(kind, path, sorted({offset for _, _, offset in functions if offset}), fn_name, pid)
            return None
        path, offsets = self._places(name, sym, addr, pid, sym_off)
        self._attach_places(kind, path, offsets, fn_name, pid)
        events = [self._get_uprobe_evname(_PREFIXES[kind], path, offset, pid) for offset in offsets]
        self._uprobe_names[kind, name, _assert_is_bytes(sym), addr, pid, sym_off] = events
        return self

    def _attach_places(self, kind, path, offsets, fn_name, pid):
        quota.check(len(offsets))
        self._require_program(fn_name)
        if not offsets:
            return
        attach = self._session.attach_uprobes_at if kind == "uprobe" else self._session.attach_uretprobes_at
        try:
            attach(path, offsets, fn_name, pid)
        except Exception as error:
            raise Exception("Failed to attach BPF to %s: %s" % (kind, error)) from None
        for offset in offsets:
            self._add_uprobe(kind, path, offset, fn_name, pid)

    def _add_uprobe(self, kind, path, offset, fn_name, pid):
        event = self._get_uprobe_evname(_PREFIXES[kind], path, offset, pid)
        place = (kind, "%s:%#x%s" % (os.fsdecode(path), offset, " pid %d" % pid if pid > 0 else ""))
        self._add_uprobe_place(event, place, self._loaded_fd(fn_name))

    def _add_uprobe_place(self, event, place, fd):
        places = self._uprobe_places.setdefault(event, set())
        if place not in places:
            quota.add(1)
        places.add(place)
        self.uprobe_fds[event] = fd

    def _add_uprobe_fd(self, name, fd):
        """Notes the descriptor of a probe that the script opened by itself; detaching closes it."""
        self._add_uprobe_place(name, _OF_SCRIPT, fd)

    def _del_uprobe_fd(self, name):
        del self.uprobe_fds[name]
        quota.add(-len(self._uprobe_places.pop(name)))

    @classmethod
    def _get_uprobe_evname(cls, prefix, path, addr, pid):
        event = b"%s_%s_0x%x" % (prefix, cls._probe_repl.sub(b"_", os.path.basename(path)), addr)
        return event if pid == -1 else event + b"_%d" % pid

    @classmethod
    def _check_path_symbol(cls, module, symname, addr, pid, sym_off=0):
        """(path, offset in the file) of a place in a program or library: the first of several functions of a name."""
        path, offsets = cls._places(module, symname, addr, pid, sym_off)
        return path, offsets[0]

    @staticmethod
    def _places(module, symname, addr, pid, sym_off):
        """(path, [offset in the file]) of all functions of a name, or of an address."""
        module, symname = _assert_is_bytes(module), _assert_is_bytes(symname)
        failure = "could not determine address of symbol %s in %s" % (text_of(symname), text_of(module))
        if not symname and addr is None:
            raise Exception(failure)
        try:
            # An address says more than a name.
            return _core.user_places(module, b"" if addr is not None else symname, addr or 0, sym_off, pid)
        except Exception as error:
            raise Exception("%s: %s" % (failure, error)) from None

    def detach_uprobe(self, name=b"", sym=b"", addr=None, pid=-1, sym_off=0):
        self._detach_user("uprobe", name, sym, addr, pid, sym_off)

    def detach_uretprobe(self, name=b"", sym=b"", addr=None, pid=-1):
        self._detach_user("uretprobe", name, sym, addr, pid, 0)

    def _detach_user(self, kind, name, sym, addr, pid, sym_off):
        # As it was attached: the process may have ended meanwhile, and the file may be another one.
        events = self._uprobe_names.pop((kind, _assert_is_bytes(name), _assert_is_bytes(sym), addr, pid, sym_off), None)
        if events is None:
            path, offsets = self._places(name, sym, addr, pid, sym_off)
            events = [self._get_uprobe_evname(_PREFIXES[kind], path, offset, pid) for offset in offsets]
        for event in [each for each in events if each in self.uprobe_fds] or events[:1]:
            self.detach_uprobe_event(event)

    def detach_uprobe_event(self, ev_name):
        ev_name = _assert_is_bytes(ev_name)
        if ev_name not in self.uprobe_fds:
            raise Exception("Uprobe %s is not attached" % text_of(ev_name))
        fd, places = self.uprobe_fds[ev_name], self._uprobe_places[ev_name]
        self._del_uprobe_fd(ev_name)
        for kind, place in places:
            if (kind, place) == _OF_SCRIPT:
                os.close(fd)
            else:
                self._session.detach(kind, place, "")

    def num_open_uprobes(self):
        return len(self.uprobe_fds)

    @staticmethod
    def find_library(libname, pid=0):
        """The path of a library by its short name: b"c" gives that of libc.so.6. None if there is none."""
        return _core.find_library(_assert_is_bytes(libname), pid)

    @staticmethod
    def get_user_functions(name, sym_re):
        """The names of functions in a program or library that begin with a match of sym_re."""
        return {function for function, _ in Uprobes.get_user_functions_and_addresses(name, sym_re)}

    @staticmethod
    def get_user_addresses(name, sym_re):
        return {address for _, address in Uprobes.get_user_functions_and_addresses(name, sym_re)}

    @staticmethod
    def get_user_functions_and_addresses(name, sym_re):
        """[(name, address)]; a function of several names is there with each."""
        return [(function, address) for function, address, _ in _matching(_assert_is_bytes(name), sym_re, -1)[1]]


_OF_SCRIPT = ("script", "")  # the place of a probe that a script opened by itself
_PREFIXES = {"uprobe": b"p", "uretprobe": b"r"}


def _matching(name, sym_re, pid):
    """(path, [(name, address, offset)]) of the functions that match."""
    import re
    matches = re.compile(_assert_is_bytes(sym_re)).match
    try:
        path, functions = _core.user_functions(name, pid)
    except Exception as error:
        raise Exception("Error %d enumerating symbols in %s: %s" % (-1, text_of(name), error)) from None
    return path, [each for each in functions if matches(each[0])]
