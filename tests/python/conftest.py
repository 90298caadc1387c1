"""What the tests of the Python package share: programs that this very process sets off."""
import os

import pytest

GETPPID = 110  # the system call that the test programs look for

# Runs at every getppid() of this process; BODY is the test's.
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


@pytest.fixture
def run():
    """run(declarations, body) gives a BPF object whose body runs at each set_off()."""
    from bcc import BPF
    made = []

    def make(declarations="", body="", **options):
        text = TEXT % {"declarations": declarations, "body": body}
        made.append(BPF(text=text, cflags=["-DPID=%d" % os.getpid()], **options))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()
