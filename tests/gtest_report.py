"""GoogleTest's reports: which tests failed, and whether a skip is one that the kernel excuses."""

import re
import xml.etree.ElementTree as xml
from pathlib import Path

from kernel_features import FEATURES, kernel_has

# Said by NEEDS and NEEDS_NO of src/kernel/needs_test.h.
EXCUSE = re.compile(r"this kernel has (no )?(\w+)\s*$")


def is_excused(case: xml.Element) -> bool:
    """True when the kernel itself confirms what the skip says of it."""
    skipped = case.find("skipped")
    said = EXCUSE.search(skipped.get("message", "")) if skipped is not None else None
    return said is not None and said[2] in FEATURES and kernel_has(said[2]) == (said[1] is None)


def is_skipped(case: xml.Element) -> bool:
    return (case.find("skipped") is not None or case.get("result") in ("skipped", "suppressed")
            or case.get("status") == "notrun")


def troubles(report: Path) -> list[str]:
    """Names of tests that failed, or were skipped without excuse; the report must hold at least one that ran."""
    cases = list(xml.parse(report).iter("testcase"))
    bad = [f"{case.get('classname')}.{case.get('name')}" for case in cases
           if case.find("failure") is not None or (is_skipped(case) and not is_excused(case))]
    return bad if any(not is_skipped(case) for case in cases) else [*bad, "nothing ran"]
