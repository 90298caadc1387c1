"""BPF_PROG_TEST_RUN: the kernel runs a loaded program on given packet bytes, without a network."""
import ctypes as ct
import os

_SYSCALL_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
_PROG_TEST_RUN = 10


class _Attributes(ct.Structure):
    _fields_ = [("prog_fd", ct.c_uint32), ("retval", ct.c_uint32), ("data_size_in", ct.c_uint32),
                ("data_size_out", ct.c_uint32), ("data_in", ct.c_uint64), ("data_out", ct.c_uint64),
                ("repeat", ct.c_uint32), ("duration", ct.c_uint32), ("rest", ct.c_uint64 * 6)]


def run_program(fd, packet):
    """What the program returned, and the packet afterwards."""
    given = ct.create_string_buffer(packet, len(packet))
    taken = ct.create_string_buffer(len(packet) + 256)
    attributes = _Attributes(prog_fd=fd, data_size_in=len(packet), data_size_out=len(taken),
                             data_in=ct.addressof(given), data_out=ct.addressof(taken), repeat=1)
    libc = ct.CDLL(None, use_errno=True)
    if libc.syscall(_SYSCALL_BPF, _PROG_TEST_RUN, ct.byref(attributes), ct.sizeof(attributes)) != 0:
        raise OSError(ct.get_errno(), os.strerror(ct.get_errno()))
    return attributes.retval, taken.raw[:attributes.data_size_out]
