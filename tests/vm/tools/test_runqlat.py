"""runqlat: each wake-up of a sleeper is in the histogram, and its wait where it belongs."""

import subprocess
import sys

from fits_schema import fits_one

WAKES = 50
SLEEPER = f"import time\nfor _ in range({WAKES}): time.sleep(0.01)"


def test_counts_each_wake_up(tool, schema_of):
    running = tool("runqlat", "--json", "-P", "--comm", "sleeper")
    # Under a name of its own; the interpreter's start has few waits beside these.
    subprocess.run([sys.executable, "-c", "import ctypes; ctypes.CDLL(None).prctl(15, b'sleeper', 0, 0, 0)\n" + SLEEPER], check=True)
    records = running.records()
    assert all(fits_one(each, schema_of("runqlat")) for each in records)
    (record,) = records
    assert record["unit"] == "usecs"
    assert WAKES <= record["count"] == sum(bucket["count"] for bucket in record["buckets"])
    # On an idle machine nobody waits long: the most are below 10 ms, the time that it slept.
    assert sum(bucket["count"] for bucket in record["buckets"] if bucket["high"] < 10_000) >= WAKES * 0.8


def test_prints_what_users_know(tool):
    running = tool("runqlat", "1", "1")
    lines = running.finish()
    assert lines[:3] == ["Tracing run queue latency... Hit Ctrl-C to end.", "",
                         "     usecs               : count     distribution"]
    assert lines[3].startswith("         0 -> 1          : ")
