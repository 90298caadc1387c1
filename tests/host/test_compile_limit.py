"""A compiler that takes its time: who waits for it says how long, and Ctrl-C ends the wait. The compiler is the one of
the unit tests, which does what the first line of the text says."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from places import BUILD

SONDE = str(BUILD / "bin/sonde")
SCRIPT = "from bcc import BPF\nBPF(text='hang')\n"
WAITING = {"python": ["/usr/bin/python3", "-c", SCRIPT], "run": [SONDE, "run", "prog.c"], "cc": [SONDE, "cc", "prog.c"]}


@pytest.fixture
def place(tmp_path):
    """Where `sonde run prog.c` gets a compiler that never ends."""
    (tmp_path / "prog.c").write_text("hang\n")
    environment = os.environ | {"SONDE_CC": str(BUILD / "bin/sonde_session_test"), "SONDE_CACHE": "off",
                                "PYTHONPATH": str(BUILD / "python")}
    environment.pop("SONDE_COMPILE_TIMEOUT", None)
    return {"cwd": tmp_path, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def compiler_of(process: subprocess.Popen) -> int:
    """The process of the compiler, once it has read its text: it says nothing more and waits for a signal."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None:
        for child in children.read_text().split():
            call = Path(f"/proc/{child}/syscall").read_text().split()[0]
            if call == str({"x86_64": 34}.get(os.uname().machine, 73)):  # pause(), or the ppoll() that it is made of
                return int(child)
        time.sleep(0.01)
    pytest.fail("it ended without waiting: " + process.stderr.read())


def is_gone_within(seconds: float, process: int) -> bool:
    """It dies with its parent, and is there for a moment longer."""
    end = time.monotonic() + seconds
    while Path(f"/proc/{process}").exists() and time.monotonic() < end:
        time.sleep(0.01)
    return not Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("who", WAITING)
def test_control_c_ends_the_wait(place, who):
    with subprocess.Popen(WAITING[who], **place) as process:
        child = compiler_of(process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=5)
    assert process.returncode == -signal.SIGINT
    assert (errors.splitlines() or [""])[-1] == ("KeyboardInterrupt" if who == "python" else "")
    assert is_gone_within(5, child)


@pytest.mark.parametrize("command", ["run", "cc"])
def test_the_limit_is_an_option(place, command):
    done = subprocess.run([SONDE, command, "--compile-timeout", "0.2", "prog.c"], **place, timeout=20)
    assert done.returncode == 1
    error, hint = done.stderr.splitlines()
    assert error == "sonde: error: the compiler did not finish within 200 ms"
    assert "SONDE_COMPILE_TIMEOUT=SECONDS" in hint and "--compile-timeout" in hint


@pytest.mark.parametrize("who", WAITING)
def test_the_limit_is_in_the_environment(place, who):
    place["env"]["SONDE_COMPILE_TIMEOUT"] = "0.2"
    done = subprocess.run(WAITING[who], **place, timeout=20)
    assert done.returncode == 1
    assert "the compiler did not finish within 200 ms" in done.stderr


def test_a_limit_must_be_a_number_of_seconds(place):
    done = subprocess.run([SONDE, "cc", "--compile-timeout", "soon", "prog.c"], **place, timeout=20)
    assert done.returncode == 2 and "--compile-timeout" in done.stderr
    place["env"]["SONDE_COMPILE_TIMEOUT"] = "soon"
    done = subprocess.run(WAITING["python"], **place, timeout=20)
    assert "SONDE_COMPILE_TIMEOUT: 'soon' is no number of seconds" in done.stderr
