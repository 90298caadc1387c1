"""Compiles what a script or a file has for BPF(), and ends there. Prints what compiling took, its maps' making
included.

    compile.py FILE.c
    compile.py SCRIPT [ARGUMENT...]

The same for both sides; PYTHONPATH says whose bcc it is.
"""
import json
import os
import resource
import runpy
import sys
import time

import bcc

WHO = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def cpu_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in WHO)


def memory_peak_kb() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def finish(made: object) -> None:
    """The child's peak is 0 where the compiler is in this process."""
    if not made:
        os._exit(1)
    print(json.dumps({"cpu": cpu_seconds() - started[0], "seconds": time.perf_counter() - started[1],
                      "memory_kb": memory_peak_kb(),
                      "child_memory_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}),
          file=figures, flush=True)
    os._exit(0)


def measured(owner: object, first: str, last: str) -> None:
    """From the call of owner.first to the end of owner.last, which may be the same."""
    begin, end = getattr(owner, first), getattr(owner, last)

    def beginning(*arguments):
        global started
        started = cpu_seconds(), time.perf_counter()
        return begin(*arguments) if first != last else finish(begin(*arguments))

    setattr(owner, first, beginning)
    if first != last:
        setattr(owner, last, lambda *arguments: finish(end(*arguments)))


figures = os.fdopen(os.dup(1), "w")  # what the script itself prints is not wanted
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
if hasattr(bcc, "_core"):
    measured(bcc._core, "compile", "Session")
else:
    measured(bcc.lib, "bpf_module_create_c_from_string", "bpf_module_create_c_from_string")
sys.argv = sys.argv[1:]
if sys.argv[0].endswith(".c"):
    with open(sys.argv[0]) as text:
        bcc.BPF(text=text.read())
runpy.run_path(sys.argv[0], run_name="__main__")
