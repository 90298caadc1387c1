"""tcpstates: each change of a socket's state is a row."""

import socket
import subprocess
from pathlib import Path

import pytest
from fits_schema import fits_one
from places import BUILD
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
    assert len(values) == len(lines) and values[0].startswith("skaddr,pid,comm,laddr,lport,raddr,rport,oldstate,newstate")


def test_wide(tool):
    running = tool("tcpstates", "-w", "-T", "-6")
    assert running.finish() == ["TIME     SKADDR           C-PID C-COMM           IP LADDR                      LPORT "
                                "RADDR                      RPORT OLDSTATE    -> NEWSTATE    MS"]


JOURNAL = Path("/run/systemd/journal/socket")


@pytest.fixture
def journal():
    """What a journal gets: no systemd runs in a guest."""
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(JOURNAL))
        receiver.settimeout(30)
        yield receiver
    JOURNAL.unlink()


def test_journal(tool, journal):
    with listener() as server:
        port = server.getsockname()[1]
        running = tool("tcpstates", "-Y", "-D", port)
        talk(server, 1)
        lines = running.finish()
    sent = [dict(line.split("=", 1) for line in journal.recv(4096).decode().splitlines()) for _ in lines[1:]]
    assert [each["MESSAGE"] for each in sent] == lines[1:]
    assert {each["SYSLOG_IDENTIFIER"] for each in sent} == {"tcpstates"} and {each["SONDE_RPORT"] for each in sent} == {str(port)}


def test_without_a_journal():
    done = subprocess.run([BUILD / "bin/sonde", "tcpstates", "-Y"], capture_output=True, text=True)
    assert done.returncode == 1 and "no journal listens" in done.stderr
