"""Takes in events at a given rate and counts them. Arguments: perf or ring, events a second, seconds, pages of buffer.

Prints how many were submitted, delivered and reported lost, and how many a second were submitted. The script is the
same for both sides; PYTHONPATH says whose bcc it is. The events come from system calls of another process on another
processor, PER_CALL of each, in bursts a millisecond apart.
"""
import os
import subprocess
import sys
import time

from event_program import text_for

PER_CALL = 16
WAKE_EVENTS = 1024  # of a perf buffer: a wake-up for each event would make the producer the limit
LAST = 0x1ff


def produce(rate, seconds):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.stdin.readline()
    start = time.monotonic()
    end = start + seconds
    calls = 0
    while (now := time.monotonic()) < end:
        due = int((now - start) * rate / PER_CALL)
        for _ in range(min(due - calls, 2000)):
            os.umask(0)
        calls = min(due, calls + 2000)
        if calls == due:
            time.sleep(0.001)
    took = time.monotonic() - start
    time.sleep(0.5)  # the reader has caught up; with the last call it also learns what was lost last
    os.umask(LAST)
    print(calls * PER_CALL + PER_CALL, calls * PER_CALL / took)


def take_in(kind, rate, seconds, pages):
    from bcc import BPF
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    producer = subprocess.Popen([sys.executable, __file__, "produce", rate, seconds], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    b = BPF(text=text_for(kind, pages, producer.pid, "umask", "mask", PER_CALL))
    delivered = last = lost = 0

    def on_event(context_or_cpu, data, size):
        nonlocal delivered, last
        event = b["events"].event(data)
        delivered += 1
        if event.serial == LAST or event.when == 0 or not event.comm.startswith(b"python"):
            last += 1

    def on_lost(count):
        nonlocal lost
        lost += count

    if kind == "perf":
        b["events"].open_perf_buffer(on_event, page_cnt=int(pages), lost_cb=on_lost, wakeup_events=WAKE_EVENTS)
        poll, consume = b.perf_buffer_poll, b.perf_buffer_consume
    else:
        b["events"].open_ring_buffer(on_event)
        poll, consume = b.ring_buffer_poll, b.ring_buffer_consume
    producer.stdin.write("\n")
    producer.stdin.close()
    while last < PER_CALL:
        before = delivered
        poll(timeout=100)
        if delivered == before:
            consume()  # too few to be woken for
    lost = b["events"].lost() if hasattr(b["events"], "lost") else lost
    submitted, achieved = producer.stdout.read().split()
    print(submitted, delivered, lost, achieved)


if sys.argv[1] == "produce":
    produce(float(sys.argv[2]), float(sys.argv[3]))
else:
    take_in(*sys.argv[1:])
