"""The unit tests of the folders that talk to the kernel, on this guest's kernel: there they meet kprobes and fentry."""

import subprocess

import pytest
from gtest_report import troubles
from places import BUILD


# Of src/session: where programs run, which differs from kernel to kernel; and what buffers, maps and devices do.
PROBES = "Kprobe*:Fentry*:Attach*:Refusal*"
USER_PROBES = "Uprobe*:Kinds/Place*:OneLinkOrMany*"
BUFFERS = "Killed*:TracePipe*:Map*:PerfBuffer*:PerfEvent*:RingBuffer*:Poll*"


@pytest.mark.timeout(400)
@pytest.mark.parametrize("folder, only", [
    ("kernel", "*"), ("bpf", "*"), ("session", PROBES), ("session", USER_PROBES),
    pytest.param("session", BUFFERS, marks=pytest.mark.one_guest),
    pytest.param("session", "Network*", marks=pytest.mark.one_guest),
])
def test_unit_tests_of_folder(folder, only, tmp_path):
    report = tmp_path / "report.xml"
    program = BUILD / f"bin/sonde_{folder}_test"
    done = subprocess.run([program, f"--gtest_filter={only}", f"--gtest_output=xml:{report}"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert troubles(report) == [], done.stdout
    assert done.returncode == 0, done.stdout
