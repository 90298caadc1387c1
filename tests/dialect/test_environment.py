"""What a program is told of the running kernel that its types do not tell, and what the environment says to the
compiler."""

import re
import struct
import subprocess
import sys
import time

import pytest
from cases import SONDE_CC
from object_file import ObjectFile

PROGRAM = "int program(struct pt_regs *ctx) { return 0; }\n"


def compiled(folder, text, *options, **environment):
    """The object of `text`, for this kernel alone, and what was said."""
    (folder / "program.c").write_text(text + PROGRAM)
    command = [SONDE_CC, folder / "program.c", "-o", folder / "program.o", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return (ObjectFile((folder / "program.o").read_bytes()) if done.returncode == 0 else None), done.stderr


@pytest.fixture
def ticks():
    """CONFIG_HZ: the kernel's coarse clock goes by its tick."""
    CLOCK_MONOTONIC_COARSE = 6
    return round(1 / time.clock_getres(CLOCK_MONOTONIC_COARSE))


@pytest.mark.parametrize("text", [
    "_Static_assert(HZ == %d && sizeof(HZ) == 4, \"\");",
    "#if HZ != %d\n#error tick\n#endif\n",
    "#include <linux/jiffies.h>\n#if CONFIG_HZ != %d\n#error tick\n#endif\n",
    "#ifndef CONFIG_HZ_%d\n#error tick\n#endif\n",
    "static const int HZ = %d;",
    "#define HZ %d\n",
    "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\nextern unsigned long CONFIG_HZ __kconfig; // %d\n",
])
def test_the_tick(text, ticks, tmp_path):
    made, said = compiled(tmp_path, text % ticks + "\n", "--this-kernel")
    assert made and said == ""


def test_a_portable_object_asks_the_kernel_that_loads_it_for_the_tick(tmp_path):
    made, said = compiled(tmp_path, "TRACEPOINT_PROBE(sched, sched_switch) { return HZ; }\n")
    assert made and said == "" and b"\0CONFIG_HZ\0" in made.section(".strtab")
    assert compiled(tmp_path, "#ifdef CONFIG_HZ\n#error tick\n#endif\n")[0]


@pytest.mark.parametrize("told, code", [("330240", 330240), ("0x50a00", 330240)])
def test_a_version_of_the_kernel_that_the_environment_names(told, code, tmp_path):
    text = "_Static_assert(LINUX_VERSION_CODE_OVERRIDE == %d && LINUX_VERSION_CODE != %d, \"\");\n" % (code, code)
    made, said = compiled(tmp_path, text, BCC_LINUX_VERSION_CODE=told)
    assert struct.unpack("<I", made.section("version")) == (code,) and said == ""


@pytest.mark.parametrize("environment", [{}, {"BCC_LINUX_VERSION_CODE": ""}, {"BCC_LINUX_VERSION_CODE": "6.1"}])
def test_else_the_kernels_own_version_holds(environment, tmp_path):
    made, _ = compiled(tmp_path, "#ifdef LINUX_VERSION_CODE_OVERRIDE\n#error version\n#endif\n", **environment)
    assert "version" not in made.sections


def test_a_program_that_names_its_version_itself_keeps_it(tmp_path):
    text = "unsigned int _version __attribute__((section(\"version\"), used)) = 7;\n"
    assert struct.unpack("<I", compiled(tmp_path, text, BCC_LINUX_VERSION_CODE="8")[0].section("version")) == (7,)


def test_a_change_of_the_version_is_no_hit_of_the_cache(tmp_path):
    script = "from bcc import BPF\nBPF(text='int program(void *ctx) { return LINUX_VERSION_CODE_OVERRIDE; }')"

    def said(**environment):
        environment |= {"PYTHONPATH": ":".join(sys.path), "SONDE_CACHE": str(tmp_path)}
        return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True).stderr
    assert said(BCC_LINUX_VERSION_CODE="5") == ""
    assert re.search("use of undeclared identifier 'LINUX_VERSION_CODE_OVERRIDE'", said())
