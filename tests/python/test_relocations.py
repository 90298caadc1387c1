"""Records that a program declares for another layout than the kernel's: the kernel's holds."""
import os

import pytest
from bcc import BPF

from getppid_program import set_off

# The bits are in other places than in any kernel, and of other words.
TEXT = """
struct task_struct {
    u64 before;
    u16 own_bits : 11, sched_reset_on_fork : 1, more : 4;
    struct sched_statistics *other;
    int tgid;
} __attribute__((preserve_access_index));
BPF_ARRAY(found, u64, 2);
RAW_TRACEPOINT_PROBE(sys_enter) {
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    u64 bit = task->sched_reset_on_fork, tgid = task->tgid;
    int zero = 0, one = 1;
    if (ctx->args[1] != 110 || tgid != PID) return 0;
    found.update(&zero, &bit);
    found.update(&one, &tgid);
    return 0;
}
"""


@pytest.fixture
def reset_on_fork():
    """Sets the bit in question of this thread, which the kernel shows as a flag of its policy."""
    before = os.sched_getscheduler(0)

    def change(on):
        os.sched_setscheduler(0, os.SCHED_OTHER | (os.SCHED_RESET_ON_FORK if on else 0), os.sched_param(0))
    yield change
    os.sched_setscheduler(0, before, os.sched_param(0))


def test_a_bit_field_is_where_the_kernel_has_it(reset_on_fork):
    with BPF(text=TEXT, cflags=["-DPID=%d" % os.getpid()]) as b:
        for on in (False, True):
            reset_on_fork(on)
            set_off()
            assert [leaf.value for leaf in b["found"].values()] == [on, os.getpid()]
            reset_on_fork(False)
