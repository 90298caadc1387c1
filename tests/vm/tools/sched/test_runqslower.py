"""runqslower: each wait of a sleeper above the threshold is a row."""

import re

from fits_schema import fits_one
from known_load import sleep_as

WAKES = 30


def test_each_wait_is_a_row(tool, schema_of):
    running = tool("runqslower", "0", "--json", "-P", "--comm", "sleeper")
    pid = sleep_as("sleeper", WAKES)
    records = running.records()
    assert all(fits_one(each, schema_of("runqslower")) for each in records)
    assert len(records) >= WAKES and {(each["comm"], each["tid"]) for each in records} == {("sleeper", pid)}
    assert all(each["latency"] > 0 and "previous_comm" in each for each in records)


def test_nobody_waits_for_an_hour(tool):
    running = tool("runqslower", "3600000000", "--comm", "sleeper")
    sleep_as("sleeper", WAKES)
    assert len(running.finish()) == 2


def test_prints_what_users_know(tool):
    running = tool("runqslower", "-P", "0", "--comm", "sleeper")
    pid = sleep_as("sleeper", WAKES)
    lines = running.finish()
    assert lines[:2] == ["Tracing run queue latency higher than 0 us",
                         "TIME     COMM             TID           LAT(us) PREV COMM        PREV TID"]
    assert re.fullmatch(rf"\d\d:\d\d:\d\d sleeper          {pid:<6} +\d+ .{{16}} \d+", lines[2])
