"""TCP connections over loopback, one after the other."""

import contextlib
import socket
import subprocess


def loopback_up():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False)


@contextlib.contextmanager
def listener(family=socket.AF_INET):
    loopback_up()
    with socket.socket(family) as server:
        server.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        server.listen(64)
        yield server


def talk(server, times, sent=b""):
    """The client closes first; both ends are closed when it returns."""
    ports = []
    for _ in range(times):
        with socket.socket(server.family) as client:
            client.connect(server.getsockname()[:2])
            ports.append(client.getsockname()[1])
            accepted, _ = server.accept()
            with accepted:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                while accepted.recv(65536):
                    pass
    return ports
