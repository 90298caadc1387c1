"""Asks for the names of many addresses of a process, twice, and prints what it took, as JSON.

Arguments: the pid, the file of addresses.

The script is the same for both sides; PYTHONPATH says whose bcc it is.
"""
import array
import json
import sys
import time

from bcc import BPF


def memory_kb():
    """(resident set, anonymous part of it) of this process."""
    fields = dict(line.split(":") for line in open("/proc/self/smaps_rollup").read().splitlines()[1:])
    return int(fields["Rss"].split()[0]), int(fields["Anonymous"].split()[0])


pid = int(sys.argv[1])
addresses = array.array("Q")
with open(sys.argv[2], "rb") as file:
    addresses.frombytes(file.read())
sym = BPF.sym
before = memory_kb()
took = []
for _ in range(2):
    start = time.perf_counter()
    for address in addresses:
        sym(address, pid)
    took.append(time.perf_counter() - start)
after = memory_kb()

unknown = sum(sym(address, pid) == b"[unknown]" for address in addresses[:100_000])
print(json.dumps({"first": took[0], "later": took[1], "rss_kb": after[0] - before[0],
                  "anonymous_kb": after[1] - before[1], "unknown": unknown}))
