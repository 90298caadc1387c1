"""Output files and the kernel's protection of shared directories, which is a setting of the whole machine."""

import subprocess
from pathlib import Path

import pytest

from places import BUILD

PROTECTION = Path("/proc/sys/fs/protected_symlinks")


@pytest.fixture
def protected():
    before = PROTECTION.read_text()
    PROTECTION.write_text("1")
    yield
    PROTECTION.write_text(before)


def test_links_of_others_in_a_sticky_directory_are_not_followed(tmp_path, protected):
    """What is forbidden to open(2) is forbidden to `sonde cc` too, though it follows the link by its text."""
    shared, secret, program = tmp_path / "shared", tmp_path / "secret", tmp_path / "program.c"
    shared.mkdir()
    shared.chmod(0o1777)
    secret.write_text("secret")
    program.write_text("TRACEPOINT_PROBE(syscalls, sys_enter_openat) { return 0; }\n")
    (shared / "output").symlink_to(secret)
    subprocess.run(["chown", "-h", "1234:5678", shared / "output"], check=True)
    done = subprocess.run([BUILD / "bin/sonde", "cc", program, "-o", shared / "output"], capture_output=True, text=True)
    assert done.returncode == 1 and "Permission denied" in done.stderr and secret.read_text() == "secret"
