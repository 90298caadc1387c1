"""tcpstates: each change of a socket's state is a row."""

import socket

from fits_schema import fits_one
from tcp_talk import listener, talk

TIMES = 5
CLIENT = ["CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"]


def test_states_of_the_client(tool, schema_of):
    with listener() as server:
        port = server.getsockname()[1]
        text, json = tool("tcpstates", "-D", port), tool("tcpstates", "--json", "-D", port)
        none, csv = tool("tcpstates", "-D", 1), tool("tcpstates", "-s", "-D", port)
        talk(server, TIMES)
        lines, records = text.finish(), json.records()
        assert len(none.finish()) == 1
        values = csv.finish()
    assert lines[0] == ("SKADDR           C-PID C-COMM     LADDR           LPORT RADDR           RPORT "
                        "OLDSTATE    -> NEWSTATE    MS")
    assert all(line[77:].split()[1] == "->" for line in lines[1:])
    changes = [(each["oldstate"], each["newstate"]) for each in records]
    for change in zip(CLIENT, CLIENT[1:]):
        assert changes.count(change) == TIMES, (change, changes)
    assert all(each["duration"] == 0 for each in records if each["newstate"] == "SYN_SENT")
    assert all(each["duration"] > 0 for each in records if each["newstate"] == "FIN_WAIT1")
    assert all(fits_one(each, schema_of("tcpstates")) for each in records)
    assert len(values) == len(lines)
    assert values[0].startswith("skaddr,pid,comm,laddr,lport,raddr,rport,oldstate,newstate")


def test_wide(tool):
    running = tool("tcpstates", "-w", "-T", "-6")
    assert running.finish() == ["TIME     SKADDR           C-PID C-COMM           IP LADDR                      LPORT "
                                "RADDR                      RPORT OLDSTATE    -> NEWSTATE    MS"]
