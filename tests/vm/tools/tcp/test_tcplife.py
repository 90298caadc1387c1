"""tcplife: each connection that ends is a row at each of its ends, with the bytes that went through it."""

import os

from fits_schema import fits_one
from tcp_talk import listener, talk

TIMES = 5
SENT = b"x" * 65536


def test_bytes(tool, schema_of):
    with listener() as server:
        port = server.getsockname()[1]
        client, passive = tool("tcplife", "-D", port), tool("tcplife", "--json", "-L", port)
        mine, others = tool("tcplife", "-p", os.getpid(), "-D", port), tool("tcplife", "-D", 1)
        ports = talk(server, TIMES, SENT)
        lines, records = client.finish(), passive.records()
        assert len(mine.finish()) == 1 + TIMES and len(others.finish()) == 1
    assert lines[0] == "PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS"
    rows = [line.split() for line in lines[1:]]
    assert [row[-7:-1] for row in rows] == [["127.0.0.1", str(own), "127.0.0.1", str(port), "64", "0"] for own in ports]
    # The kernel counts the end of the stream as a byte.
    assert [each["rx"] for each in records if each["rport"] in ports] == [len(SENT) + 1] * TIMES
    assert all(fits_one(each, schema_of("tcplife")) for each in records)


def test_wide(tool):
    assert tool("tcplife", "-w", "-t", "-6").finish() == [
        "TIME(s)   PID   COMM             IP LADDR                      LPORT RADDR                      RPORT  TX_KB  "
        "RX_KB MS"]
