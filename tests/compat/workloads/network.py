"""Loopback: 8 TCP connections with 10 KB each, 7 binds, 3 listeners, 4 drops, 4 names, 5 descriptors passed."""

import array
import os
import socket
import subprocess
import threading

import turn

HERE, PORT = "127.0.0.1", 12321


def listener(port: int, backlog: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((HERE, port))
    one.listen(backlog)
    return one


def connects():
    with listener(PORT, 8) as server:
        serving = threading.Thread(target=serve, args=[server, 8])
        serving.start()
        for _ in range(8):
            with socket.create_connection((HERE, PORT)) as client:
                client.sendall(bytes(10000))
                client.shutdown(socket.SHUT_WR)
                read_all(client)
        serving.join()


def serve(server: socket.socket, times: int) -> None:
    for _ in range(times):
        with server.accept()[0] as peer:
            read_all(peer)
            peer.sendall(bytes(1000))


def read_all(one: socket.socket) -> None:
    """Of a socket in a map of sockets the kernel says now and then EAGAIN, though it blocks."""
    while True:
        try:
            if not one.recv(65536):
                return
        except BlockingIOError:
            pass


def binds():
    for number in range(7):
        with socket.socket() as one:
            one.bind((HERE, 12330 + number))


def listens():
    for number in range(3):
        listener(12340 + number, 5).close()


def drops():
    """What leaves by a queue that takes nothing is dropped while its socket is known; what comes has none any more."""
    subprocess.run("tc qdisc add dev lo root pfifo limit 0".split(), check=True)
    clients = [socket.socket() for _ in range(4)]
    for client in clients:
        client.setblocking(False)
        client.connect_ex((HERE, 12399))
    threading.Event().wait(1.5)


def retransmits():
    """A listener whose queue is full does not answer: the client repeats its SYN after a second."""
    with listener(12322, 0):
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex((HERE, 12322))
        clients[-1].settimeout(2.5)
        clients[-1].connect_ex((HERE, 12322))
        threading.Event().wait(2.5)


def looks_up():
    for number in range(4):
        try:
            socket.getaddrinfo(f"compat-host-{number}", 80)
        except socket.gaierror:
            pass


def passes_files():
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    for _ in range(5):
        file = os.open("/etc/hostname", os.O_RDONLY)
        left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
        _, control, _, _ = right.recvmsg(1, socket.CMSG_LEN(4))
        os.close(array.array("i", control[0][2][:4])[0])
        os.close(file)


if __name__ == "__main__":
    turn.take_by_name(globals())
