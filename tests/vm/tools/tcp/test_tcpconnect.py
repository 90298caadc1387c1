"""tcpconnect: each connection that is begun is a row, or one more in a count."""

import os
import socket

import pytest
from fits_schema import fits_one
from tcp_talk import listener, talk

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

TIMES = 11
MINE = ["-p", os.getpid()]


def test_rows(tool):
    with listener() as server:
        port = server.getsockname()[1]
        running = tool("tcpconnect", "-U", "-L", *MINE)
        ports = talk(server, TIMES)
        lines = running.finish()
    assert lines[:2] == ["Tracing connect ... Hit Ctrl-C to end",
                         "UID   PID     COMM         IP SADDR            LPORT  DADDR            DPORT"]
    assert len(lines) == 2 + TIMES
    assert [line.split()[-5:] for line in lines[2:]] == [["4", "127.0.0.1", str(mine), "127.0.0.1", str(port)]
                                                         for mine in ports]


def test_ports_and_families(tool):
    with listener() as server, listener(socket.AF_INET6) as server6:
        port = server.getsockname()[1]
        one, none = tool("tcpconnect", "-P", f"1,{port}", *MINE), tool("tcpconnect", "-P", 1, *MINE)
        six = tool("tcpconnect", "-6", *MINE)
        talk(server, TIMES)
        talk(server6, TIMES)
        assert [len(each.finish()) for each in (one, none)] == [2 + TIMES, 2]
        lines = six.finish()
    assert lines[1] == "PID     COMM         IP SADDR            DADDR            DPORT"
    assert [line.split()[-4:-1] for line in lines[2:]] == [["6", "::1", "::1"]] * TIMES


def test_counts_and_json(tool, schema_of):
    with listener() as server:
        port = server.getsockname()[1]
        counted, json = tool("tcpconnect", "-c", *MINE), tool("tcpconnect", "--json", "-t", *MINE)
        talk(server, TIMES)
        lines, records = counted.finish(), json.records()
    assert lines[-2].split() == ["LADDR", "RADDR", "RPORT", "CONNECTS"]
    assert lines[-1] == f"{'127.0.0.1':25} {'127.0.0.1':25} {port:<20} {TIMES}"
    assert [(each["daddr"], each["dport"]) for each in records] == [("127.0.0.1", port)] * TIMES
    assert all(fits_one(each, schema_of("tcpconnect")) for each in records)


def dns_message(host: str, address: str = "") -> bytes:
    """A question for the host's address, or the answer to it."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0\0\1\0\1"
    head = bytes([0x12, 0x34, 0x81 if address else 1, 0x80, 0, 1, 0, bool(address), 0, 0, 0, 0])
    return head + question + (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address) if address else b"")


@pytest.mark.parametrize("how", ["recv", "recvmsg"])
def test_host_names(tool, schema_of, how):
    with listener() as listening, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        text, json = tool("tcpconnect", "-d", *MINE), tool("tcpconnect", "--json", "-d", *MINE)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", 53))
            client.send(dns_message("example.test"))
            server.sendto(dns_message("example.test", "127.0.0.9"), server.recvfrom(512)[1])
            assert getattr(client, how)(512)
        with socket.socket() as other:
            other.bind(("127.0.0.9", 0))
            other.listen()
            for address in (other.getsockname(), listening.getsockname()):
                socket.create_connection(address).close()
        lines, records = text.finish(), json.records()
    assert lines[1] == "PID     COMM         IP SADDR            DADDR            DPORT  QUERY"
    hosts = [each["host"].split(" ")[0] for each in records]
    assert hosts == ["example.test", "localhost"] == [line.split()[6] for line in lines[2:]]
    assert all(fits_one(each, schema_of("tcpconnect")) for each in records)


def test_without_a_name_server(tool):
    running = tool("tcpconnect", "--json", "-d", *MINE)
    with socket.socket() as other:
        other.bind(("127.0.0.7", 0))
        other.listen()
        socket.create_connection(other.getsockname()).close()
    assert [each["host"] for each in running.records()] == ["No DNS Query"]
