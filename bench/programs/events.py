"""Takes in events of 64 bytes, reads three fields of each, and prints the CPU time that one took. Arguments: perf or
ring, and how many.

The script is the same for both sides; PYTHONPATH says whose bcc it is. Events are made first and then taken in, batch
by batch on one processor, so that the time is only that of the taking in and no event is lost.
"""
import os
import sys
import time

from bcc import BPF
from event_program import text_for

BATCH = 5000

kind, wanted = sys.argv[1], int(sys.argv[2])
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
b = BPF(text=text_for(kind, 256, os.getpid(), "getpgid", "pid"))
taken = 0
wrong = 0


def on_event(context_or_cpu, data, size):
    global taken, wrong
    event = b["events"].event(data)
    taken += 1
    if event.serial >= BATCH or event.when == 0 or not event.comm.startswith(b"python"):
        wrong += 1


def lost(count):
    sys.exit("bench: %d events were lost: the figure would be wrong" % count)


if kind == "perf":
    b["events"].open_perf_buffer(on_event, page_cnt=256, lost_cb=lost)
    poll = b.perf_buffer_poll
else:
    b["events"].open_ring_buffer(on_event)
    poll = b.ring_buffer_poll

cpu_seconds = 0.0
made = 0
while made < wanted:
    for serial in range(BATCH):
        try:
            os.getpgid(serial)
        except ProcessLookupError:
            pass  # the number only has to reach the tracepoint
    made += BATCH
    start = time.thread_time()
    while taken < made:
        poll(timeout=1000)
    cpu_seconds += time.thread_time() - start
if wrong:
    sys.exit("bench: %d of %d events were not as they were made" % (wrong, taken))
print(cpu_seconds / taken * 1e6)
