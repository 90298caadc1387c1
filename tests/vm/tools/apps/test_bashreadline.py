"""bashreadline: each line typed at bash's prompt is a row."""

import os
import pty
import subprocess

from fits_schema import fits_one

LINES = ["true 1", "echo  two words", "exit"]


def type_into_bash() -> int:
    terminal, other = pty.openpty()
    shell = subprocess.Popen(["/bin/bash", "--norc", "--noprofile", "-i"], stdin=other, stdout=other, stderr=other,
                             start_new_session=True)
    os.close(other)
    os.write(terminal, "".join(line + "\n" for line in LINES).encode())
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass  # bash has closed its end
    shell.wait()
    os.close(terminal)
    return shell.pid


def test_lines(tool, schema_of):
    text, json = tool("bashreadline"), tool("bashreadline", "--json")
    pid = type_into_bash()
    lines = text.finish()
    assert lines[0] == "TIME      PID     COMMAND"
    assert [line[10:] for line in lines[1:]] == [f"{pid:<7} {line}" for line in LINES]
    records = json.records()
    assert [each["command"] for each in records] == LINES and {each["pid"] for each in records} == {pid}
    assert all(fits_one(each, schema_of("bashreadline")) for each in records)


def test_not_of_others(tool):
    running = tool("bashreadline", "-p", 1)
    type_into_bash()
    assert len(running.finish()) == 1
