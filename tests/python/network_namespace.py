"""A network namespace of the test's own, with two devices that are each other's wire, and frames over it."""
import socket

from own_network import OwnNetwork, ip

EXPERIMENTAL = 0x88B5  # the protocol of our frames: nobody else sends them
FROM, TO = bytes.fromhex("02000000000b"), bytes.fromhex("02000000000a")


class Namespace(OwnNetwork):
    """`here` receives what is sent into `there`."""
    here, there = "here", "there"

    def __enter__(self):
        super().__enter__()
        ip(f"link add {self.here} address {TO.hex(':')} type veth peer name {self.there} address {FROM.hex(':')}")
        for name in (self.here, self.there):
            ip(f"link set {name} up")
        return self

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
