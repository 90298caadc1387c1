"""A network namespace of the test's own, with two devices that are each other's wire, and frames over it."""
import ctypes as ct
import os
import socket
import subprocess

_CLONE_NEWNET = 0x40000000
EXPERIMENTAL = 0x88B5  # the protocol of our frames: nobody else sends them
FROM, TO = bytes.fromhex("02000000000b"), bytes.fromhex("02000000000a")


def ip(command):
    subprocess.run(["ip", *command.split()], check=True)


def into(namespace):
    if ct.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ct.get_errno(), os.strerror(ct.get_errno()))


class Namespace:
    """While it is open, this thread is inside, and so is what it starts. `here` receives what is sent into `there`."""
    here, there = "here", "there"

    def __enter__(self):
        self._outside = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if ct.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
            raise OSError(ct.get_errno(), os.strerror(ct.get_errno()))
        ip(f"link add {self.here} address {TO.hex(':')} type veth peer name {self.there} address {FROM.hex(':')}")
        for name in (self.here, self.there, "lo"):
            ip(f"link set {name} up")
        return self

    def __exit__(self, *exception):
        into(self._outside)
        os.close(self._outside)

    def send(self, count, payload=b"", protocol=EXPERIMENTAL):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind((self.there, 0))
            for _ in range(count):
                sender.send(frame(payload, protocol))

    def listener(self, device):
        """A socket with the frames of our protocol that a device receives."""
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EXPERIMENTAL))
        opened.bind((device, EXPERIMENTAL))
        opened.settimeout(30)
        return opened


def frame(payload=b"", protocol=EXPERIMENTAL):
    return (TO + FROM + protocol.to_bytes(2, "big") + payload).ljust(60, b"\0")
