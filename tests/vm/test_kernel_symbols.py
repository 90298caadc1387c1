"""Names of the kernel's addresses while modules come and go."""
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import bcc
from bcc import BPF


def eventually(ask, answer):
    """Modules are looked for once a second at most."""
    deadline = time.monotonic() + 60
    while ask() != answer and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ask() == answer


def address_in_kallsyms(name):
    with open("/proc/kallsyms") as lines:
        for line in lines:
            if line.split()[2] == name:
                return int(line.split()[0], 16)
    return None


@pytest.fixture
def no_dummy():
    subprocess.run(["modprobe", "-r", "dummy"], check=False)
    yield
    subprocess.run(["modprobe", "-r", "dummy"], check=False)


@pytest.mark.needs("kprobe")
def test_a_module_that_comes_later(no_dummy):
    assert BPF.ksym(BPF.ksymname("vfs_read")) == b"vfs_read"
    assert BPF.ksymname("dummy_xmit") == -1
    subprocess.run(["modprobe", "dummy"], check=True)
    address = address_in_kallsyms("dummy_xmit")
    assert address
    eventually(lambda: BPF.ksym(address + 1, show_module=True, show_offset=True), b"dummy_xmit+0x1 [dummy]")
    eventually(lambda: BPF.ksymname("dummy_xmit"), address)
    eventually(lambda: BPF._sym_cache(-1).resolve_name(None, b"dummy_xmit"), address)
    subprocess.run(["modprobe", "-r", "dummy"], check=True)
    eventually(lambda: BPF.ksym(address + 1) == b"dummy_xmit", False)
    eventually(lambda: BPF.ksymname("dummy_xmit"), -1)
    assert BPF.ksym(BPF.ksymname("vfs_read"), show_module=True) == b"vfs_read [kernel]"


def test_every_symbol_is_the_one_that_kallsyms_says():
    with open("/proc/kallsyms") as lines:
        rows = [line.split() for line in lines]
    first = {}
    for row in rows:
        if row[1] not in "Aa":
            first.setdefault(int(row[0], 16), row[2])
    asked = {address: os.fsencode(name) for address, name in list(first.items())[::50]}
    assert {address: BPF.ksym(address) for address in asked} == asked


def test_a_kernel_that_hides_its_addresses():
    code = ("import os, bcc\nos.setgroups([])\nos.setresgid(65534, 65534, 65534)\nos.setresuid(65534, 65534, 65534)\n"
            "cache = bcc.SymbolCache(-1)\nprint(cache.resolve(0xffffffff81000000)[0], cache.why(0xffffffff81000000))")
    restrict = Path("/proc/sys/kernel/kptr_restrict")
    before = restrict.read_text()
    restrict.write_text("1")
    try:
        environment = {"PYTHONPATH": os.path.dirname(bcc.__path__[0])}
        said = subprocess.run([sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE,
                              text=True).stdout
    finally:
        restrict.write_text(before)
    assert said == "None the kernel hides its addresses from this user (kernel.kptr_restrict)\n"
