"""threadsnoop: each pthread_create is a row with the function that the thread begins with."""

import os
import threading

from fits_schema import fits_one

TIMES = 8


def start_threads():
    for _ in range(TIMES):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()


def test_rows(tool, schema_of):
    text, json = tool("threadsnoop", "-p", os.getpid()), tool("threadsnoop", "--json")
    others = tool("threadsnoop", "--comm", "nobody")
    start_threads()
    lines = text.finish()
    assert lines[0] == "TIME(ms)   PID     COMM             FUNC"
    assert len(lines) == 1 + TIMES and {int(line.split()[1]) for line in lines[1:]} == {os.getpid()}
    records = json.records()
    mine = [each for each in records if each["pid"] == os.getpid()]
    assert len(mine) == TIMES and len({each["function"] for each in mine}) == 1
    assert all(fits_one(each, schema_of("threadsnoop")) for each in records)
    assert len(others.finish()) == 1
