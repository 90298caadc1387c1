"""The other side of load.py: a workload waits for its turn, works, and stays until it may go."""

import sys


def take(work, comm: str = "compat-load", **facts) -> None:
    """`facts` are what the script's arguments may name, besides the pid."""
    with open("/proc/self/comm", "w") as file:
        file.write(comm)
    print("ready", *(f"{name}={value}" for name, value in facts.items()), flush=True)
    sys.stdin.readline()
    work()
    print("done", flush=True)
    sys.stdin.read()


def take_by_name(works: dict) -> None:
    """The first argument says which."""
    take(works[sys.argv[1]])
