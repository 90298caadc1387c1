"""Functions of processes: attaching to them, and finding them. A part of BPF.

Needs the symbols of executables, which this version does not read yet: every way in says so.
"""
from .later import not_yet


class Uprobes:
    def attach_uprobe(self, name=b"", sym=b"", sym_re=b"", addr=None, fn_name=b"", pid=-1, sym_off=0):
        assert sym_off >= 0
        assert addr is None or sym_off == 0
        raise not_yet("attach_uprobe()")

    def attach_uretprobe(self, name=b"", sym=b"", sym_re=b"", addr=None, fn_name=b"", pid=-1):
        raise not_yet("attach_uretprobe()")

    def detach_uprobe(self, name=b"", sym=b"", addr=None, pid=-1, sym_off=0):
        raise not_yet("detach_uprobe()")

    def detach_uretprobe(self, name=b"", sym=b"", addr=None, pid=-1):
        raise not_yet("detach_uretprobe()")

    def num_open_uprobes(self):
        return len(self.uprobe_fds)

    @staticmethod
    def find_library(libname, pid=0):
        raise not_yet("find_library()")

    @staticmethod
    def get_user_functions(name, sym_re):
        raise not_yet("get_user_functions()")

    @staticmethod
    def get_user_addresses(name, sym_re):
        raise not_yet("get_user_addresses()")

    @staticmethod
    def get_user_functions_and_addresses(name, sym_re):
        raise not_yet("get_user_functions_and_addresses()")
