"""`--journal` of a replay, as a journal receives it: the test's socket, in a mount namespace that only the tool is
in."""

import json
import socket
import subprocess
from collections.abc import Iterator

import pytest
from places import BUILD
from recording import recorded

SONDE = BUILD / "bin/sonde"
IN_ITS_PLACE = """
mount -t tmpfs none /run && mkdir -p /run/systemd/journal && touch /run/systemd/journal/socket &&
mount --bind "$0" /run/systemd/journal/socket && exec "$@"
"""


@pytest.fixture
def journal(tmp_path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "socket"))
        receiver.settimeout(30)
        yield receiver


def replayed_to(journal: socket.socket, recording: str, *options: str) -> subprocess.CompletedProcess:
    command = ["unshare", "-m", "sh", "-c", IN_ITS_PLACE, journal.getsockname(), SONDE, "replay", "/dev/stdin",
               *options]
    return subprocess.run(command, input=recording, capture_output=True, text=True)


def fields_of(datagram: bytes) -> dict[str, str]:
    """By the native protocol: NAME=value, or NAME, the length in eight bytes, and the value."""
    fields = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
        else:
            name, length = line, int.from_bytes(rest[:8], "little")
            value, rest = rest[8:8 + length], rest[8 + length + 1:]
        fields[name.decode()] = value.decode()
        datagram = rest
    return fields


@pytest.mark.parametrize("tool", ["tcpstates", "opensnoop", "execsnoop"])
def test_each_record_is_an_entry(tool, journal):
    recording = recorded(tool, {}, events=3)
    done = replayed_to(journal, recording, "--journal")
    assert done.returncode == 0 and not done.stderr, (done.returncode, done.stderr)
    lines = done.stdout.splitlines()[1:]
    entries = [fields_of(journal.recv(65536)) for _ in lines]
    assert [each["MESSAGE"] for each in entries] == lines
    assert {(each["SYSLOG_IDENTIFIER"], each["PRIORITY"]) for each in entries} == {(tool, "6")}
    records = [json.loads(line) for line in replayed_to(journal, recording, "--json").stdout.splitlines()]
    for entry, record in zip(entries, records, strict=True):
        for name, value in record.items():
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            assert entry[f"SONDE_{name.upper()}"] == text


def test_histograms_have_lines_of_their_own(journal):
    done = replayed_to(journal, recorded("runqlat", {}), "--journal")
    assert done.returncode == 0, done.stderr
    entry = fields_of(journal.recv(65536))
    assert "\n" in entry["MESSAGE"] and entry["MESSAGE"] in done.stdout


def test_a_journal_that_does_not_read_loses_records_by_number(journal):
    done = replayed_to(journal, recorded("opensnoop", {}, events=500), "--journal")
    printed = len(done.stdout.splitlines()) - 1
    journal.setblocking(False)
    taken = 0
    try:
        while journal.recv(65536):
            taken += 1
    except BlockingIOError:
        pass
    assert printed == 500 and 0 < taken < printed
    assert done.returncode == 1 and f"the journal did not take {printed - taken} of {printed} records" in done.stderr


def test_without_a_journal():
    without = 'mount -t tmpfs none /run && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", without, "sh", SONDE, "replay", "/dev/stdin", "--journal"]
    done = subprocess.run(command, input=recorded("opensnoop", {}), capture_output=True, text=True)
    assert done.returncode == 1 and "no journal listens" in done.stderr
