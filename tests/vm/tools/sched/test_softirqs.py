"""softirqs: packets over loopback are soft interrupts of net_rx."""

import os
import re
import socket
import subprocess

import pytest
from fits_schema import fits_one

PACKETS = 100


@pytest.fixture
def send_packets():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def send():
        kind = socket.AF_INET, socket.SOCK_DGRAM
        with socket.socket(*kind) as receiver, socket.socket(*kind) as sender:
            receiver.bind(("127.0.0.1", 0))
            for _ in range(PACKETS):
                sender.sendto(b"x", receiver.getsockname())
                receiver.recv(1)
    return send


def test_counts_them(tool, send_packets, schema_of):
    running = tool("softirqs", "-C", "--json")
    send_packets()
    records = running.records()
    assert all(fits_one(each, schema_of("softirqs")) for each in records)
    counts = {each["softirq"]: each["total_count"] for each in records}
    assert PACKETS <= counts["net_rx"] < 2 * PACKETS
    assert list(counts.values()) == sorted(counts.values())


def test_prints_what_users_know(tool, send_packets):
    running = tool("softirqs", "-T")
    send_packets()
    lines = running.finish()
    assert lines[:2] == ["Tracing soft irq event time... Hit Ctrl-C to end.", ""]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", lines[2]) and lines[3] == "SOFTIRQ          TOTAL_usecs"
    assert any(re.fullmatch(r"net_rx           +\d+", line) and len(line) == 28 for line in lines[4:])
    assert tool("softirqs", "-N", "1", "1").finish()[2] == "SOFTIRQ          TOTAL_nsecs"
    lines = tool("softirqs", "-C", "1", "1").finish()
    assert (lines[0], lines[2]) == ("Tracing soft irq events... Hit Ctrl-C to end.", "SOFTIRQ          TOTAL_count")


def test_histograms(tool, send_packets, schema_of):
    running = tool("softirqs", "-d", "-N", "--json")
    send_packets()
    records = running.records()
    assert all(fits_one(each, schema_of("softirqs")) and each["unit"] == "nsecs" for each in records)
    (received,) = [each for each in records if each["section"]["softirq"] == "net_rx"]
    assert PACKETS <= received["count"] < 2 * PACKETS


def test_one_cpu(tool, send_packets):
    """Each soft interrupt is one CPU's: what the runs for one CPU see adds up to all of them."""
    alone = [tool("softirqs", "-C", "-c", cpu, "--json") for cpu in range(os.cpu_count())]
    send_packets()
    received = [sum(each["total_count"] for each in running.records() if each["softirq"] == "net_rx")
                for running in alone]
    assert PACKETS <= sum(received) < 2 * PACKETS
