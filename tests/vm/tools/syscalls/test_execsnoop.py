"""execsnoop: each program that is started is a row with its arguments; those that fail are with -x."""

import os
import subprocess

import pytest
from fits_schema import fits_one

pytestmark = pytest.mark.every_guest  # what it attaches differs from kernel to kernel

TIMES = 7
MINE = ["-P", os.getpid()]


def run_true(word="many words"):
    for _ in range(TIMES):
        subprocess.run(["/bin/true", "first", word], check=True)


def run_absent():
    for _ in range(TIMES):
        with pytest.raises(FileNotFoundError):
            subprocess.run(["/absent/program"])


def test_rows_with_arguments(tool):
    running = tool("execsnoop", *MINE)
    run_true()
    lines = running.finish()
    assert lines[0] == "PCOMM            PID     PPID    RET ARGS"
    assert len(lines) == 1 + TIMES
    for line in lines[1:]:
        assert line[:17] == "true             " and line[25:].startswith(f"{os.getpid():<7} ")
        assert line.endswith("   0 /bin/true first many words")


def test_failed_ones_are_asked_for(tool):
    running = tool("execsnoop", *MINE)
    run_absent()
    assert len(running.finish()) == 1
    running = tool("execsnoop", "-x", *MINE)
    run_absent()
    rows = [line for line in running.finish() if line.endswith(" /absent/program")]
    assert len(rows) == TIMES and {line.split()[3] for line in rows} == {"-2"}


def test_columns_and_quotes(tool):
    running = tool("execsnoop", "-T", "-t", "-U", "-C", "-M", "-q", "--max-args", 2, *MINE)
    run_true('a "b"')
    lines = running.finish()
    assert lines[0] == "TIME     TIME(s) UID   PCOMM            PID     PARENT           PPID    CPU RET ARGS"
    assert lines[1].endswith('"/bin/true" "first" "..."')


@pytest.mark.parametrize(("option", "pattern", "rows"),
                         [("-n", "^tr", TIMES), ("-n", "^rue", 0), ("-l", "many.w", TIMES), ("-l", "few", 0)])
def test_patterns(tool, option, pattern, rows):
    running = tool("execsnoop", option, pattern, *MINE)
    run_true()
    assert len(running.finish()) == 1 + rows


def test_json_fits_its_schema(tool, schema_of):
    running = tool("execsnoop", "--json", "-T", "--comm", "true", *MINE)
    run_true()
    records = running.records()
    assert [each["args"] for each in records] == [["/bin/true", "first", "many words"]] * TIMES
    assert all(fits_one(each, schema_of("execsnoop")) for each in records)
