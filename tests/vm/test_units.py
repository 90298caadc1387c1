"""The unit tests of the folders that talk to the kernel, on this guest's kernel: there they meet kprobes and fentry."""

import subprocess

import pytest
from gtest_report import troubles
from places import BUILD


@pytest.mark.timeout(400)
@pytest.mark.parametrize("folder, only", [("kernel", "*"), ("bpf", "*"),
                                          ("session", "Kprobe*:Fentry*:Attach*:Killed*:Refusal*:TracePipe*:Map*:PerfBuffer*:PerfEvent*:RingBuffer*:Poll*"),
                                          ("session", "Network*"),
                                          ("session", "Uprobe*:Kinds/Place*:OneLinkOrMany*")])
def test_unit_tests_of_folder(folder, only, tmp_path):
    report = tmp_path / "report.xml"
    done = subprocess.run([BUILD / f"bin/sonde_{folder}_test", f"--gtest_filter={only}", f"--gtest_output=xml:{report}"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert troubles(report) == [], done.stdout
    assert done.returncode == 0, done.stdout
