"""Adds up what the stages of ./test reported: a table, the slowest tests, and as the last line 'N passed, N failed'."""

import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from gtest_report import is_excused  # noqa: E402

SLOWEST_SHOWN = 10


@dataclass
class Test:
    name: str
    seconds: float
    outcome: str  # passed, failed, skipped
    is_excused: bool = False  # skipped, and the kernel lacks what the test says it lacks


@dataclass
class Stage:
    name: str
    status: int
    seconds: int
    tests: list[Test]

    def count(self, outcome: str) -> int:
        return sum(test.outcome == outcome for test in self.tests)


def read_report(path: Path) -> list[Test]:
    """A JUnit report, as ctest, pytest and GoogleTest write it."""
    return [Test(f"{case.get('classname', '')}.{case.get('name')}".strip("."), float(case.get("time") or 0), outcome_of(case),
                 is_excused(case))
            for case in xml.parse(path).iter("testcase")]


def outcome_of(case: xml.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    not_run = case.get("status") in ("notrun", "disabled") or case.get("result") in ("skipped", "suppressed")
    return "skipped" if not_run or case.find("skipped") is not None else "passed"


def unit_tests(build: Path, results: Path) -> list[Test]:
    """Each test in a GoogleTest program counts; a program that wrote no report of its own counts as ctest saw it.

    A skip that the kernel does not excuse has failed.
    """
    tests = []
    reported = set()
    for report in (results / "gtest").glob("*.xml"):
        tests += read_report(report)
        reported.add(report.stem)
    programs = programs_by_test(build)
    tests += [test for test in read_report(results / "unit.xml") if programs.get(test.name.split(".")[-1]) not in reported]
    for test in tests:
        if test.outcome == "skipped" and not test.is_excused:
            test.outcome = "failed"
    return tests


def programs_by_test(build: Path) -> dict[str, str]:
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], stdout=subprocess.PIPE, check=True)
    tests = json.loads(shown.stdout)["tests"]
    return {test["name"]: Path(test["command"][0]).name for test in tests if test.get("command")}


def read_stage(row: str, build: Path, results: Path) -> Stage:
    name, status, seconds = row.split("\t")
    stage = Stage(name, int(status), int(seconds), [])
    report = results / f"{name}.xml"
    if report.exists():
        stage.tests = unit_tests(build, results) if name == "unit" else read_report(report)
    broke = stage.status != 0 and not stage.count("failed")
    if broke or (name != "set-up" and not stage.tests):
        stage.tests.append(Test(f"{name} as a whole (status {stage.status}, see its output above)", stage.seconds, "failed"))
    return stage


def print_slowest(stage: Stage) -> None:
    slowest = sorted(stage.tests, key=lambda test: -test.seconds)[:SLOWEST_SHOWN]
    if slowest:
        print(f"slowest of {stage.name}:")
    for test in slowest:
        print(f"  {test.seconds:8.2f} s  {test.name}")


def print_table(stages: list[Stage]) -> None:
    print(f"\n{'stage':12}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}")
    for stage in stages:
        counts = "".join(f"{stage.count(outcome):8}" for outcome in ("passed", "failed", "skipped"))
        print(f"{stage.name:12}{counts}{stage.seconds:9}")


def main() -> int:
    build, results = map(Path, sys.argv[1:])
    stages = [read_stage(row, build, results) for row in (results / "stages").read_text().splitlines()]
    for stage in stages:
        print_slowest(stage)
    print_table(stages)
    for stage in stages:
        for test in stage.tests:
            if test.outcome == "failed":
                print(f"FAILED  {stage.name}: {test.name}")
    failed = sum(stage.count("failed") for stage in stages)
    print(f"\n{sum(stage.count('passed') for stage in stages)} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
