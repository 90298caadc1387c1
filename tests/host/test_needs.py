"""The rule that only a missing kernel feature excuses a test."""

import os
import shutil
import subprocess
import sys

import pytest

from places import REPOSITORY

CASES = {
    "needs_mark": ('@pytest.mark.needs("kernel:99.0")\ndef test_it(): assert False', "skipped"),
    "needs_fixture": ('def test_it(needs):\n needs("kernel:99.0")\n assert False', "skipped"),
    "needs_what_is_there": ('@pytest.mark.needs("kernel:4.0")\ndef test_it(): pass', "passed"),
    "plain_skip": ('def test_it(): pytest.skip("no time")', "failed"),
    "skip_mark": ('@pytest.mark.skip(reason="no time")\ndef test_it(): pass', "error"),
    "skip_after_needs": ('@pytest.mark.needs("kernel:4.0")\ndef test_it(): pytest.skip("no time")', "failed"),
    "xfail": ("@pytest.mark.xfail\ndef test_it(): assert False", "failed"),
    "module": ('pytest.importorskip("no_such_module")', "error"),
    "unknown_feature": ('@pytest.mark.needs("flying")\ndef test_it(): pass', "error"),
}


@pytest.mark.parametrize("case", CASES)
def test_outcome(case, tmp_path):
    source, outcome = CASES[case]
    tests = REPOSITORY / "tests"
    for rule in ("conftest.py", "pytest.ini"):
        shutil.copy(tests / rule, tmp_path)
    (tmp_path / "test_case.py").write_text(f"import pytest\n\n{source}\n")
    done = subprocess.run([sys.executable, "-m", "pytest"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tests)},
                          capture_output=True, text=True)
    assert f"= 1 {outcome} in " in done.stdout, done.stdout + done.stderr
