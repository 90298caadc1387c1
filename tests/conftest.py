"""What all tests share: the built programs, and the rule that only a missing kernel feature excuses a test."""

import os
import sys

import pytest

from kernel_features import kernel_has
from places import BUILD

EXCUSED = pytest.StashKey[bool]()

# For the tests themselves and for every program that they start.
sys.path.insert(0, str(BUILD / "python"))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(BUILD / "python"), os.environ.get("PYTHONPATH")]))
os.environ["PATH"] = f"{BUILD / 'bin'}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def needs(request):
    """needs("kprobe_multi") skips the test where the kernel has no such thing. The same as a mark:
    @pytest.mark.needs(...)."""
    return lambda feature: skip_without(request.node, feature)


@pytest.fixture
def tables():
    """tables(text, …) gives a BPF object of that text, which is closed after the test; the rest is BPF's."""
    from bcc import BPF
    made = []

    def make(text, **options):
        made.append(BPF(text=text, **options))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        for feature in mark.args:
            skip_without(item, feature)


def skip_without(item, feature: str) -> None:
    if not kernel_has(feature):
        item.stash[EXCUSED] = True
        pytest.skip(f"this kernel has no {feature}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.skipped and not item.stash.get(EXCUSED, False):
        fail_instead(report)


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report():
    report = (yield).get_result()
    if report.skipped:
        fail_instead(report)


def fail_instead(report) -> None:
    reason = getattr(report, "wasxfail", None) or report.longrepr
    if hasattr(report, "wasxfail"):
        del report.wasxfail
    report.outcome = "failed"
    report.longrepr = f"skipped for a reason that is not a missing kernel feature (use `needs`): {reason}"
