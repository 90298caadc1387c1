"""A program that runs at every getppid() of this process, and the calls that set it off."""

import os

GETPPID = 110  # its number as a system call

# `declarations` and `body` are the test's.
TEXT = """
%(declarations)s
RAW_TRACEPOINT_PROBE(sys_enter) {
    if (ctx->args[1] != 110) return 0;
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (pid != PID) return 0;
    %(body)s
    return 0;
}
"""


def set_off(times=1):
    for _ in range(times):
        os.getppid()
