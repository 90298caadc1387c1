"""Adds up what the stages of ./test reported: a table, the slowest tests, and as the last line 'N passed, N failed'."""

import argparse
import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

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
    return [Test(f"{case.get('classname', '')}.{case.get('name')}".strip("."), float(case.get("time") or 0),
                 outcome_of(case), is_excused(case))
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
    tests += [test for test in read_report(results / "unit.xml")
              if programs.get(test.name.split(".")[-1]) not in reported]
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
        title = f"{name} as a whole (status {stage.status}, see its output above)"
        stage.tests.append(Test(title, stage.seconds, "failed"))
    return stage


def print_slowest(stage: Stage) -> None:
    slowest = sorted(stage.tests, key=lambda test: -test.seconds)[:SLOWEST_SHOWN]
    if slowest:
        print(f"slowest of {stage.name}:")
    for test in slowest:
        print(f"  {test.seconds:8.2f} s  {test.name}")


def file_of(test: Test) -> str:
    """Where a test is: of pytest its file, "tests/host/test_arrows.py", of GoogleTest its suite."""
    parts = test.name.partition("[")[0].split(".")[:-1]
    for end in range(len(parts), 0, -1):
        path = TESTS.joinpath(*parts[:end]).with_suffix(".py")
        if path.exists():
            return str(path.relative_to(TESTS.parent))
    return parts[0] if parts else test.name


def print_files(stage: Stage) -> None:
    seconds: dict[str, float] = {}
    for test in stage.tests:
        seconds[file_of(test)] = seconds.get(file_of(test), 0) + test.seconds
    print(f"\n{stage.name}: {stage.seconds} s, of which in tests {sum(seconds.values()):.0f} s")
    for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {spent:8.2f} s  {name}")


def print_table(stages: list[Stage]) -> None:
    print(f"\n{'stage':12}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}")
    for stage in stages:
        counts = "".join(f"{stage.count(outcome):8}" for outcome in ("passed", "failed", "skipped"))
        print(f"{stage.name:12}{counts}{stage.seconds:9}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--durations", action="store_true", help="the seconds of every file, by stage and kernel")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    rows = (chosen.results / "stages").read_text().splitlines()
    stages = [read_stage(row, chosen.build, chosen.results) for row in rows]
    for stage in stages:
        (print_files if chosen.durations else print_slowest)(stage)
    print_table(stages)
    for stage in stages:
        for test in stage.tests:
            if test.outcome == "failed":
                print(f"FAILED  {stage.name}: {test.name}")
    failed = sum(stage.count("failed") for stage in stages)
    print(f"\n{sum(stage.count('passed') for stage in stages)} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
