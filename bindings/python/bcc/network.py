"""Programs on sockets and devices. A part of BPF."""
from .later import not_yet
from .utils import _assert_is_bytes, text_of

_SOL_SOCKET, _SO_ATTACH_BPF, _ETH_P_ALL = 1, 50, 3


class Network:
    @staticmethod
    def attach_raw_socket(fn, dev):
        """Lets the socket filter fn see every packet of a device; the socket's descriptor is fn.sock."""
        import socket
        dev = text_of(_assert_is_bytes(dev))
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK,
                           socket.htons(_ETH_P_ALL)) as raw:
            try:
                raw.bind((dev, _ETH_P_ALL))
            except OSError as error:
                raise Exception("Failed to open raw device %s: %s" % (dev, error.strerror)) from None
            try:
                raw.setsockopt(_SOL_SOCKET, _SO_ATTACH_BPF, fn.fd)
            except OSError as error:
                raise Exception("Failed to attach BPF to device %s: %s" % (dev, error.strerror)) from None
            fn.sock = raw.detach()

    @staticmethod
    def attach_xdp(dev, fn, flags=0):
        raise not_yet("attach_xdp()")

    @staticmethod
    def remove_xdp(dev, flags=0):
        raise not_yet("remove_xdp()")

    @staticmethod
    def attach_func(fn, attachable_fd, attach_type, flags=0):
        raise not_yet("attach_func()")

    @staticmethod
    def detach_func(fn, attachable_fd, attach_type):
        raise not_yet("detach_func()")
