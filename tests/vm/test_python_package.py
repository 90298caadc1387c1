"""The tests of the Python package that depend on the kernel once more, on this guest's."""

import subprocess
import sys

import pytest
from places import REPOSITORY

FILES = ["test_event_path.py", "test_events.py", "test_libbcc.py", "test_maps.py", "test_network.py",
         "test_perf_events.py", "test_relocations.py", "test_stacks.py", "test_tables.py", "test_threads.py",
         "test_uprobes.py", "test_usdt.py", "test_usdt_debian.py", "test_usdt_sections.py"]
MODULES = {"test_network.py": ["veth", "sch_ingress", "cls_bpf"]}


@pytest.mark.one_guest
@pytest.mark.timeout(600)
@pytest.mark.parametrize("file", FILES)
def test_what_holds_on_the_machine(file):
    for module in MODULES.get(file, []):
        subprocess.run(["modprobe", module], check=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", REPOSITORY / "tests/python" / file]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout
