"""Network devices that are each other's wire: 20 frames of UDP over one, 3 pings, 5 requests, hosts with a tunnel."""

import os
import socket
import subprocess
import sys
import time
from glob import glob
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import turn
from kernel_calls import mount
from network import connects as connects_in_group  # noqa: F401 - taken by name

FRAMES = 20
FROM, TO = bytes.fromhex("02000000000b"), bytes.fromhex("02000000000a")
PORT = 12350
GROUPS = os.getcwd() + "/cgroup"
HOSTS = "host0", "host1"


def ip(command: str, namespace: str = "") -> None:
    subprocess.run(["ip", *(["-n", namespace] if namespace else []), *command.split()], check=True)


def make_wire(name: str) -> None:
    """What is sent into NAME-out comes by NAME. Without IPv6 the kernel itself sends nothing."""
    ip(f"link add {name} address {TO.hex(':')} type veth peer name {name}-out address {FROM.hex(':')}")
    for device in (name, f"{name}-out"):
        with open(f"/proc/sys/net/ipv6/conf/{device}/disable_ipv6", "w") as file:
            file.write("1")
        ip(f"link set {device} up")


def make_wires() -> None:
    make_wire("wire")
    make_wire("other")


def frame() -> bytes:
    """An IPv4 packet with an empty UDP datagram, as far as a filter looks."""
    return (TO + FROM + b"\x08\x00" + bytes.fromhex("4500001c000000004011") + bytes(50)).ljust(60, b"\0")


def frames():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("wire-out", 0))
        for _ in range(FRAMES):
            sender.send(frame())


def pings():
    """Over the devices that the script made, when their address is settled and the script has its buffers."""
    wait_for(lambda: "tentative" not in (said := addresses("me")) and "fe80" in said)
    wait_for(lambda: has_buffers("tc_perf_event"))
    subprocess.run(["ping", "-6", "-c", "3", "-i", "0.2", "-W", "1", "ff02::1%me"], stdout=subprocess.DEVNULL)


def addresses(device: str) -> str:
    return subprocess.run(["ip", "-6", "address", "show", "dev", device], capture_output=True, text=True).stdout


def has_buffers(script: str) -> bool:
    found = subprocess.run(["pgrep", "-f", script], capture_output=True, text=True).stdout.split()
    return any("perf_event" in os.readlink(path) for pid in found for path in glob(f"/proc/{pid}/fd/*"))


def wait_for(condition, limit_s: float = 60) -> None:
    deadline = time.monotonic() + limit_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def requests():
    server = HTTPServer(("127.0.0.1", PORT), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    for number in range(5):
        with socket.create_connection(("127.0.0.1", PORT)) as client:
            client.sendall(b"GET /compat-%d HTTP/1.0\r\n\r\n" % number)
            while client.recv(1000):
                pass
    server.shutdown()


def make_hosts() -> None:
    """Two hosts with a tunnel between them, each a namespace."""
    for name in HOSTS:
        ip(f"netns add {name}")
    ip("link add eth0 netns host0 type veth peer name eth0 netns host1")
    for number, name in enumerate(HOSTS, 1):
        for command in (f"address add 172.16.1.{number}/24 dev eth0", "link set eth0 up",
                        f"link add tunnel type vxlan id 10000 dev eth0 dstport 4789 remote 172.16.1.{3 - number}",
                        f"address add 192.168.0.{number}/24 dev tunnel", "link set tunnel up"):
            ip(command, name)


def pings_through_tunnel():
    subprocess.run("ip netns exec host0 ping -c 7 -i 0.2 -W 5 192.168.0.2".split(), stdout=subprocess.DEVNULL)


def remove_hosts() -> None:
    for name in HOSTS:
        ip(f"netns del {name}")


def make_group() -> None:
    os.makedirs(GROUPS, exist_ok=True)
    if not os.path.ismount(GROUPS):  # by the example before
        mount("none", GROUPS, "cgroup2")
    os.makedirs(f"{GROUPS}/compat", exist_ok=True)
    with open(f"{GROUPS}/compat/cgroup.procs", "w") as file:
        file.write(str(os.getpid()))


if __name__ == "__main__":
    making = {"frames": make_wires, "pings_through_tunnel": make_hosts, "connects_in_group": make_group}
    making.get(sys.argv[1], lambda: None)()
    turn.take_by_name(globals())
    if sys.argv[1] == "pings_through_tunnel":
        remove_hosts()
