"""tcpaccept: each connection that is accepted is a row."""

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
        running, none = tool("tcpaccept", "-T", *MINE), tool("tcpaccept", "-P", 1, *MINE)
        ports = talk(server, TIMES)
        lines = running.finish()
        assert len(none.finish()) == 1
    assert lines[0] == "TIME     PID     COMM         IP RADDR            RPORT LADDR            LPORT"
    assert [line.split()[-5:] for line in lines[1:]] == [["4", "127.0.0.1", str(mine), "127.0.0.1", str(port)]
                                                         for mine in ports]


def test_families_and_json(tool, schema_of):
    with listener(socket.AF_INET6) as server:
        port = server.getsockname()[1]
        four, json = tool("tcpaccept", "-4", *MINE), tool("tcpaccept", "-6", "--json", "-P", port)
        ports = talk(server, TIMES)
        assert len(four.finish()) == 1
        records = json.records()
        shown = [(each["raddr"], each["rport"], each["lport"]) for each in records]
        assert shown == [("::1", mine, port) for mine in ports]
    assert all(fits_one(each, schema_of("tcpaccept")) for each in records)
