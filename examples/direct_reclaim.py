#!/usr/bin/python3
"""Prints who had to wait because memory ran short: the program of direct_reclaim.c with a driver of its own."""

import os

from bcc import BPF

b = BPF(src_file=os.path.join(os.path.dirname(os.path.abspath(__file__)), "direct_reclaim.c"))
print("%-14s %-6s %8s %5s" % ("COMM", "PID", "LAT(ms)", "PAGES"), flush=True)


def print_stall(cpu, data, size):
    stall = b["stalls"].event(data)
    print("%-14s %-6d %8.2f %5d" % (stall.comm.decode("utf-8", "replace"), stall.pid, stall.nanoseconds / 1e6,
                                    stall.pages), flush=True)


b["stalls"].open_perf_buffer(print_stall, page_cnt=64)
while True:
    try:
        b.perf_buffer_poll()
    except KeyboardInterrupt:
        break
