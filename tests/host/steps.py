"""A library whose functions are called a known number of times: recursive ones, nested ones, one left by longjmp()."""

import ctypes
import subprocess

SOURCE = """
#include <setjmp.h>
#include <unistd.h>
#include <sys/sdt.h>

int step_one(int n) { return n + 1; }
int step_two(int n) { return n + 2; }
int never_called(int n) { return n + 3; }
int other(int n) { return n + 4; }

/* Each call sleeps, then calls the next one: the outermost takes `depth` times as long as the innermost. */
int descend(int depth) { usleep(2000); return depth > 1 ? descend(depth - 1) + 1 : 1; }

int inner(int us) { usleep(us); return us + 1; }
int outer(int us) { usleep(us); return inner(us) + 1; }
long six(long a, long b, long c, long d, long e, long f) { usleep(2000); return a + b + c + d + e + f; }

static jmp_buf place;
void leaves(void) { longjmp(place, 1); }
void is_left(void) { if (!setjmp(place)) leaves(); }

void passes(int n) { DTRACE_PROBE1(steps, pass, n); if (n > 100) DTRACE_PROBE1(steps, pass, n); }
"""


def made_library(folder) -> str:
    (folder / "steps.c").write_text(SOURCE)
    # -fno-optimize-sibling-calls, -fno-inline: each call in the source is a call, and comes back.
    subprocess.run(["gcc", "-O1", "-fno-inline", "-fno-optimize-sibling-calls", "-fno-omit-frame-pointer", "-shared",
                    "-fPIC", "-o", folder / "libsteps.so", folder / "steps.c"], check=True)
    return str(folder / "libsteps.so")


def call(library: str) -> None:
    """23 of step_one and other, 7 of step_two."""
    steps = ctypes.CDLL(library)
    for _ in range(23):
        steps.step_one(1)
        steps.other(1)
    for _ in range(7):
        steps.step_two(1)
