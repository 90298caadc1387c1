"""tcpretrans: what is sent to a full backlog is sent again, and each time is a row."""

import socket

from fits_schema import fits_one
from tcp_talk import loopback_up


def refuse(running):
    """A listener whose queue is full answers no SYN: it is sent again after a second."""
    loopback_up()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        for each in running:
            each.wait_until(lambda each=each: f":{port} " in each.output() or f'127.0.0.1:{port}"' in each.output())
        for client in clients:
            client.close()
    return port


def test_syn_again(tool, schema_of):
    text, json, six = tool("tcpretrans", "-s"), tool("tcpretrans", "--json"), tool("tcpretrans", "-6")
    port = refuse([text, json])
    lines, records = text.finish(), json.records()
    assert lines[:2] == ["Tracing retransmits ... Hit Ctrl-C to end",
                         "TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE        SEQ"]
    rows = [line for line in lines[2:] if f"127.0.0.1:{port} " in line]
    assert rows and all(row[41:44] == "R> " and "SYN_SENT" in row for row in rows if f"> 127.0.0.1:{port} " in row)
    mine = [each for each in records if each["remote"] == f"127.0.0.1:{port}"]
    assert mine and {each["last_state"] for each in mine} == {"SYN_SENT"}
    assert all(fits_one(each, schema_of("tcpretrans")) for each in records)
    assert len(six.finish()) == 2


def test_counts(tool):
    counted, shown = tool("tcpretrans", "-c"), tool("tcpretrans")
    port = refuse([shown])
    shown.finish()
    lines = counted.finish()
    assert lines[1].split() == ["LADDR:LPORT", "RADDR:RPORT", "RETRANSMITS"]
    assert sum(f"[127.0.0.1]#{port}" in line for line in lines) >= 1
