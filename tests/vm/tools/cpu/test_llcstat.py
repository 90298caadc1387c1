"""llcstat: guests have no counters of the CPU, and it says so; what it would print is what users know."""

import subprocess

from places import BUILD


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BUILD / "bin/sonde", "llcstat", *arguments], capture_output=True, text=True)


def test_says_that_there_are_no_counters():
    done = run("1")
    assert done.returncode == 1 and done.stdout == ""
    assert "this machine does not count cache-" in done.stderr and "virtual machines" in done.stderr


def test_takes_the_flags_that_users_know():
    for flags in (["-c", "1000"], ["-t"], ["-t", "-c", "100", "5"]):
        assert "does not count" in run(*flags).stderr
    assert "nonsense is not a number of seconds" in run("-t", "nonsense").stderr
