"""The last line of ./test is right even when a stage breaks, and no skip or missing report looks like success."""

import subprocess
import sys

import pytest

from places import REPOSITORY

PASSED = '<testcase name="a" time="1.5"/>'
FAILED = '<testcase name="b" time="0.5"><failure message="no"/></testcase>'
SKIPPED = '<testcase name="c" time="0"><skipped message="this kernel has no x"/></testcase>'
BROKEN_SETUP = '<testcase name="d" time="0"><error message="no"/></testcase>'


def summary(tmp_path, stages: dict[str, tuple[int, list[str] | None]]) -> tuple[str, int]:
    lines, status = printed(tmp_path, stages)
    return lines[-1], status


def printed(tmp_path, stages, *options: str) -> tuple[list[str], int]:
    for name, (_, cases) in stages.items():
        if cases is not None:
            (tmp_path / f"{name}.xml").write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    (tmp_path / "stages").write_text("".join(f"{name}\t{status}\t3\n" for name, (status, _) in stages.items()))
    done = subprocess.run([sys.executable, REPOSITORY / "scripts/test_summary.py", tmp_path, tmp_path, *options],
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines(), done.returncode


@pytest.mark.parametrize("stages, last_line, status", [
    ({"host": (0, [PASSED]), "guest 6.1": (0, [PASSED, PASSED, SKIPPED])}, "3 passed, 0 failed", 0),
    ({"host": (1, [PASSED, FAILED]), "guest 6.1": (0, [PASSED])}, "2 passed, 1 failed", 1),
    ({"host": (1, [PASSED, BROKEN_SETUP])}, "1 passed, 1 failed", 1),
    ({"host": (0, [PASSED]), "guest 6.1": (125, None)}, "1 passed, 1 failed", 1),
    ({"host": (0, [PASSED]), "guest 6.1": (0, None)}, "1 passed, 1 failed", 1),
    ({"host": (2, [PASSED])}, "1 passed, 1 failed", 1),
    ({"set-up": (1, None)}, "0 passed, 1 failed", 1),
], ids=["all_well", "failure", "error", "panic", "no_report", "status_alone", "set_up"])
def test_last_line_and_status(tmp_path, stages, last_line, status):
    assert summary(tmp_path, stages) == (last_line, status)


@pytest.mark.parametrize("said, last_line, status", [
    ("no time", "1 passed, 1 failed", 1),
    ("this kernel has no btf", "1 passed, 1 failed", 1),  # it has
    ("file.cc:12\nthis kernel has btf\n", "1 passed, 0 failed", 0),
])
def test_skipped_unit_has_failed_unless_the_kernel_excuses_it(tmp_path, said, last_line, status):
    (tmp_path / "CTestTestfile.cmake").write_text("add_test(base /bin/true)\n")
    skipped = f'<testcase name="c" time="0"><skipped message="{said}"/></testcase>'
    assert summary(tmp_path, {"unit": (0, [PASSED, skipped])}) == (last_line, status)


def test_durations_are_those_of_files(tmp_path):
    """A test in a class and a parametrised one belong to the file that they are in; a GoogleTest suite has no file."""
    cases = ['<testcase classname="host.test_arrows" name="test_a[x.y]" time="1.5"/>',
             '<testcase classname="host.test_arrows.TestClass" name="test_b" time="2"/>',
             '<testcase classname="Kallsyms" name="Finds" time="0.25"/>']
    lines, _ = printed(tmp_path, {"guest 6.1": (0, cases)}, "--durations")
    assert lines[1:4] == ["guest 6.1: 3 s, of which in tests 4 s", "      3.50 s  tests/host/test_arrows.py",
                          "      0.25 s  Kallsyms"]
