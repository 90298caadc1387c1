"""Makes direct reclaim happen in a small guest: fills memory with page cache, then takes most of it at once, and again.

Ends by itself after the seconds given, or when the file given holds as many lines as given: reclaim_load.py SECONDS
FILE LINES
"""

import glob
import mmap
import os
import sys
import time

MAP_POPULATE = 0x8000


def total_memory():
    with open("/proc/meminfo") as meminfo:
        return next(int(line.split()[1]) for line in meminfo if line.startswith("MemTotal")) << 10


def fill_page_cache():
    files = [path for path in glob.glob("/usr/lib/x86_64-linux-gnu/*.so*") if not os.path.islink(path)]
    for path in sorted(files, key=os.path.getsize)[-6:]:
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass


def lines(path):
    with open(path, "rb") as file:
        return file.read().count(b"\n")


def main():
    seconds, path, wanted = float(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    end = time.monotonic() + seconds
    while time.monotonic() < end and lines(path) < wanted:
        fill_page_cache()
        mmap.mmap(-1, total_memory() * 7 // 10, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_POPULATE).close()


if __name__ == "__main__":
    main()
