"""Programs that evaluate C expressions in the kernel for this process, and the values that they yielded."""

import os
import platform
import subprocess
import sys

from bcc import _core
from cases import SONDE_CC

# getppid: cheap, without effect, and called by nobody else here
SYSCALL = {"x86_64": 110, "aarch64": 173}[platform.machine()]
COMMON = """
BPF_ARRAY(results, u64, {count});
BPF_ARRAY(finished, u64, {count});
BPF_HASH(scratch, u32, u64);
"""
PROGRAM = """
{head}
{function} {{
  if ((bpf_get_current_pid_tgid() >> 32) != {pid} || !({condition})) return 0;
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  u64 value = 0, yes = 1;
  {{ {body} }}
  int slot = {slot};
  results.update(&slot, &value);
  finished.update(&slot, &yes);
  return 0;
}}
"""


def evaluating(readings, head: str) -> str:
    """A program for each reading: its body sets `value` when this process calls getppid."""
    text = head + COMMON.format(count=len(readings))
    for slot, reading in enumerate(readings):
        function = f"int read_{reading.name}(struct bpf_raw_tracepoint_args *ctx)"
        text += PROGRAM.format(function=function, head=reading.head, body=reading.body, pid=os.getpid(), slot=slot,
                               condition=f"ctx->args[1] == {SYSCALL}")
    return text


def values_of(compiled, readings) -> dict[str, int | Exception]:
    """What each reading yielded, or why it did not."""
    session = _core.Session(compiled, 0, None)
    try:
        refused = {reading.name: why for reading in readings if (why := attach(session, f"read_{reading.name}"))}
        os.getppid()
        return {reading.name: refused.get(reading.name) or result(session, slot)
                for slot, reading in enumerate(readings)}
    finally:
        session.close()


def attach(session, program: str) -> Exception | None:
    try:
        session.attach_raw_tracepoint("sys_enter", program)
    except Exception as error:
        return error
    return None


def probe(function: str, parameters: str | None, body: str, head: str = "") -> str:
    """One program at a kernel function: `vfs_read`, a program's name, or a macro that has its parameters."""
    if parameters is not None:
        name = function if "__" in function else f"kprobe__{function}"
        function = f"int {name}(struct pt_regs *ctx{', ' + parameters if parameters else ''})"
    program = PROGRAM.format(function=function, head=head, body=body, pid=os.getpid(), slot=0, condition="1")
    return COMMON.format(count=1) + program


def run_probe(compiled, trigger) -> int:
    """The value when `trigger` has made this process call the function."""
    session = _core.Session(compiled, 0, None)
    try:
        for name, *_ in session.programs():
            session.attach(name)
        trigger()
        value = result(session, 0)
        if isinstance(value, Exception):
            raise value
        return value
    finally:
        session.close()


def result(session, slot: int) -> int | Exception:
    if number_at(session.map("finished"), slot) != 1:
        return RuntimeError("the program did not run to its end")
    return number_at(session.map("results"), slot)


def number_at(array, slot: int) -> int:
    value = bytearray(8)
    assert array.lookup(slot.to_bytes(4, sys.byteorder), value)
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
