"""Every ready tool on this machine's own kernel: it attaches and ends well, or says what the kernel lacks."""

import subprocess

import pytest
from kernel_features import kernel_has
from places import BUILD, REPOSITORY

TOOLS = sorted(path.stem for path in REPOSITORY.glob("tools/*/*.c"))
OF_FUNCTIONS = {"cachestat", "ext4dist", "ext4slower", "fileslower", "filetop", "vfsstat"}  # which no tracepoint stands for


@pytest.mark.parametrize("tool", TOOLS)
def test_attaches_and_ends(tool):
    done = subprocess.run([BUILD / "bin/sonde", tool, "--attachments", "--duration", "0.1"], capture_output=True, text=True, timeout=60)
    if tool in OF_FUNCTIONS and not kernel_has("kprobe"):
        assert done.returncode == 1 and "has no kprobes" in done.stderr
        return
    if tool == "llcstat" and not kernel_has("hardware_counters"):
        assert done.returncode == 1 and "does not count" in done.stderr
        return
    assert done.returncode == 0 and " runs at " in done.stderr, done.stderr
