"""tests/vm/run, seen from outside: what it prints and when, its exit status, and that it always ends."""

import os
import signal
import subprocess
import time

import pytest

from places import REPOSITORY

RUN = REPOSITORY / "tests/vm/run"
SCRIPT = r"""
echo first; sleep 3
echo "to stderr" >&2
echo "$PWD $SONDE_IN_GUEST $SONDE_KERNEL $SONDE_SCRATCH_DISK"
printf 'zero\0byte\n'
tty
echo kept > /out/file
sleep 100 & exit 7
"""


@pytest.fixture(scope="module")
def one_run(tmp_path_factory):
    """One boot for the tests below: lines with the seconds at which they came, and the exit status."""
    out = tmp_path_factory.mktemp("out")
    guest = subprocess.Popen([RUN, "-t", "60", "--", "bash", "-c", SCRIPT], cwd=REPOSITORY / "tests",
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=os.environ | {"VM_OUT": str(out)})
    lines = [(line, time.monotonic()) for line in guest.stdout]
    return {"lines": [line for line, _ in lines], "seconds": [at for _, at in lines], "stderr": guest.stderr.read(),
            "status": guest.wait(), "out": out}


def test_output_is_exactly_what_the_command_wrote(one_run):
    where = f"{REPOSITORY / 'tests'} 1 6.1 /dev/vda\n".encode()
    assert one_run["lines"] == [b"first\n", b"to stderr\n", where, b"zero\0byte\n", b"not a tty\n"]
    assert one_run["stderr"] == b""


def test_output_comes_as_it_is_written(one_run):
    assert one_run["seconds"][1] - one_run["seconds"][0] > 2


def test_exit_status_is_the_commands(one_run):
    assert one_run["status"] == 7


def test_out_is_kept_on_the_host(one_run):
    assert (one_run["out"] / "file").read_text() == "kept\n"


def test_time_limit_ends_the_guest(in_guest):
    done = in_guest(["-t", "1"], "sleep", "60")
    assert done.returncode == 124
    assert "vm: time limit of 1 s reached" in done.stderr


def test_panic_is_told_apart(in_guest):
    done = in_guest(["-k", "6.12"], "bash", "-c", "echo before; echo c > /proc/sysrq-trigger; sleep 20")
    assert (done.returncode, done.stdout) == (125, "before\n")
    assert "vm: the guest's kernel panicked" in done.stderr
    assert "sysrq triggered crash" in done.stderr


def test_headers_on_request(in_guest):
    done = in_guest(["--headers", "-m", "512"], "bash", "-c",
                    "cd /lib/modules/$(uname -r) && "
                    "ls build/include/generated/autoconf.h source/include/linux/sched.h; "
                    "ls -d build/scripts/ && modprobe dummy && ls /usr/src | wc -l")
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.splitlines()[:3] == ["build/include/generated/autoconf.h", "source/include/linux/sched.h",
                                            "build/scripts/"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_guest(number):
    guest = subprocess.Popen([RUN, "--", "sleep", "60"], stdin=subprocess.DEVNULL)
    time.sleep(1)
    qemu = subprocess.run(["ps", "-o", "pid=", "--ppid", str(guest.pid)],
                          stdout=subprocess.PIPE, text=True).stdout.split()
    guest.send_signal(number)
    assert guest.wait(timeout=10) == 128 + number
    assert len(qemu) == 1 and not os.path.exists(f"/proc/{qemu[0]}")


def test_a_kernel_that_complains_is_mentioned(in_guest):
    done = in_guest(["-k", "6.12"], "bash", "-c", "echo '<4>WARNING: made by this test' > /dev/kmsg; true")
    assert done.returncode == 0
    assert "vm: note: complaints of the guest's kernel" in done.stderr and "made by this test" in done.stderr


def test_unknown_kernel_is_named(in_guest):
    done = in_guest(["-k", "9.9"], "true")
    assert done.returncode == 125
    assert done.stderr.startswith("vm: apt offers no package for kernel '9.9'")


def test_no_command_is_a_mistake():
    done = subprocess.run([RUN], capture_output=True, text=True)
    assert done.returncode == 2 and "a command to run is needed" in done.stderr
