"""killsnoop: each signal that is sent is a row."""

import os
import signal

import pytest
from fits_schema import fits_one

TIMES = 9


def send():
    for _ in range(TIMES):
        os.kill(os.getpid(), 0)
        os.kill(os.getpid(), signal.SIGCONT)
        with pytest.raises(ProcessLookupError):
            os.kill(4194303, 0)


def test_rows(tool):
    running = tool("killsnoop", "-p", os.getpid(), "-T", os.getpid())
    send()
    lines = running.finish()
    assert lines[0] == "TIME      PID      COMM             SIG  TPID     RESULT"
    assert len(lines) == 1 + 2 * TIMES
    assert {tuple(line.split()[-3:]) for line in lines[1:]} == {("0", str(os.getpid()), "0"),
                                                                ("18", str(os.getpid()), "0")}


@pytest.mark.parametrize(("options", "rows"),
                         [(["-x"], TIMES), (["-s", "18"], TIMES), (["-s", "18,0"], 3 * TIMES), (["-T", "1"], 0)])
def test_filters(tool, options, rows):
    running = tool("killsnoop", "-p", os.getpid(), *options)
    send()
    assert len(running.finish()) == 1 + rows


def test_json_fits_its_schema(tool, schema_of):
    running = tool("killsnoop", "--json", "-p", os.getpid(), "-x")
    send()
    records = running.records()
    assert [(each["sig"], each["tpid"], each["ret"]) for each in records] == [(0, 4194303, -3)] * TIMES
    assert all(fits_one(each, schema_of("killsnoop")) for each in records)
