"""What C expressions yield in the kernel: programs that evaluate one for this process, in a system call of its own."""

import os
import platform
import struct
import subprocess
import sys

from bcc import _core
from cases import SONDE_CC

SYSCALL = {"x86_64": 110, "aarch64": 173}[platform.machine()]  # getppid: cheap, without effect, and called by nobody else here

PROGRAM = """
{head}
BPF_ARRAY(results, u64, 2);
BPF_HASH(scratch, u32, u64);
{function} {{
  if ((bpf_get_current_pid_tgid() >> 32) != {pid} || !({condition})) return 0;
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  u64 value = 0;
  {{ {body} }}
  int slot = 0;
  results.update(&slot, &value);
  slot = 1;
  value = 1;
  results.update(&slot, &value);
  return 0;
}}
"""


def program(body: str, head: str = "") -> str:
    """Evaluates `body`, which sets `value`, when this process calls getppid."""
    return PROGRAM.format(function="RAW_TRACEPOINT_PROBE(sys_enter)", head=head, body=body, pid=os.getpid(),
                          condition=f"ctx->args[1] == {SYSCALL}")


def probe(function: str, parameters: str | None, body: str, head: str = "") -> str:
    """The same when this process calls a kernel function: `vfs_read`, a program's name, or a macro that has its parameters."""
    if parameters is not None:
        name = function if "__" in function else f"kprobe__{function}"
        function = f"int {name}(struct pt_regs *ctx{', ' + parameters if parameters else ''})"
    return PROGRAM.format(function=function, head=head, body=body, pid=os.getpid(), condition="1")


def run(compiled, trigger=os.getppid) -> int:
    """The u64 that the program left in `value`; fails if it did not run to its end."""
    session = _core.Session(compiled, 0, None)
    try:
        for name, *_ in session.programs():
            session.attach(name)
        trigger()
        results = session.map("results")
        assert number_at(results, 1) == 1, "the program did not run to its end"
        return number_at(results, 0)
    finally:
        session.close()


def number_at(array, slot: int) -> int:
    value = bytearray(8)
    assert array.lookup(struct.pack("i", slot), value)
    return int.from_bytes(value, sys.byteorder)


def compiled_here(text: str):
    return _core.compile(text.encode(), "/virtual/main.c", [], 0)


def compiled_elsewhere(text: str, folder, *options):
    """A portable object, for example with `--btf` of another kernel."""
    source, output = folder / "reads.c", folder / "reads.o"
    source.write_text(text)
    done = subprocess.run([SONDE_CC, source, "-o", output, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return _core.open_object(str(output))
