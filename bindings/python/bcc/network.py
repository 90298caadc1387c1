"""Programs on packets and sockets. A part of BPF. What is attached here stays attached until it is taken away."""
import errno

from . import _core
from .utils import _assert_is_bytes, text_of


class Network:
    @staticmethod
    def attach_raw_socket(fn, dev):
        """Lets the socket filter fn see every packet of a device; the socket's descriptor is fn.sock."""
        dev = _name_of(fn, dev)
        try:
            fn.sock = _core.open_raw_socket(dev, fn.fd)
        except Exception as error:
            what = "attach BPF to" if error.code == errno.EINVAL else "open raw"
            raise Exception("Failed to %s device %s: %s" % (what, dev, error)) from None

    @staticmethod
    def attach_xdp(dev, fn, flags=0):
        """Runs fn on every packet that a device receives; flags are BPF.XDP_FLAGS_*."""
        dev = _name_of(fn, dev)
        try:
            _core.attach_xdp(dev, fn.fd, flags)
        except Exception as error:
            raise Exception("Failed to attach BPF to device %s: %s" % (dev, error)) from None

    @staticmethod
    def remove_xdp(dev, flags=0):
        dev = text_of(_assert_is_bytes(dev))
        try:
            _core.remove_xdp(dev, flags)
        except Exception as error:
            raise Exception("Failed to detach BPF from device %s: %s" % (dev, error)) from None

    @staticmethod
    def attach_func(fn, attachable_fd, attach_type, flags=0):
        """Attaches fn to a cgroup or a map of sockets, as BPFAttachType says."""
        _require_function(fn)
        try:
            _core.attach_program(fn.fd, attachable_fd, attach_type, flags)
        except Exception as error:
            raise Exception("Failed to attach BPF function with attach_type %s: %s" % (attach_type, error)) from None

    @staticmethod
    def detach_func(fn, attachable_fd, attach_type):
        _require_function(fn)
        try:
            _core.detach_program(fn.fd, attachable_fd, attach_type)
        except Exception as error:
            raise Exception("Failed to detach BPF function with attach_type %s: %s" % (attach_type, error)) from None


def _require_function(fn):
    from .bpf import Function
    if not isinstance(fn, Function):
        raise Exception("arg 1 must be of type BPF.Function")


def _name_of(fn, dev):
    _require_function(fn)
    return text_of(_assert_is_bytes(dev))
