"""gethostlatency: each look-up of a name is a row."""

import os
import socket

from fits_schema import fits_one

TIMES = 5


def look_up():
    for _ in range(TIMES):
        socket.getaddrinfo("localhost", 80)


def test_rows(tool, schema_of):
    text, json = tool("gethostlatency", "-p", os.getpid()), tool("gethostlatency", "--json", "-p", os.getpid())
    look_up()
    lines = text.finish()
    assert lines[0] == "TIME      PID     COMM                  LATms HOST"
    assert len(lines) == 1 + TIMES and {line.split()[-1] for line in lines[1:]} == {"localhost"}
    records = json.records()
    assert len(records) == TIMES and all(each["latency"] > 0 for each in records)
    assert all(fits_one(each, schema_of("gethostlatency")) for each in records)


def test_not_of_others(tool):
    running = tool("gethostlatency", "--comm", "nobody")
    look_up()
    assert len(running.finish()) == 1
