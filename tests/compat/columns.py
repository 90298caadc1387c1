"""Whether both sides' recorded outputs have the same columns: the same titles, as many fields in each kind of row."""

import re
from collections import Counter

from compat.shows import HISTOGRAM_ROW, LINEAR_ROW

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\(B|\x1b[=>]")
TITLE_WORD = re.compile(r"[%#]?[A-Z][A-Z0-9_/%-]*(\(\w+\)|/s|s)?|#")
DISTRIBUTION = re.compile(r"\S.* : count +distribution$")


def differences(script, ours: dict, theirs: dict) -> list[str]:
    """In words; of outputs that agree there is none."""
    return title_differences(ours, theirs) + row_differences(script, ours, theirs)


def title_differences(ours: dict, theirs: dict) -> list[str]:
    mine, other = titles(ours), titles(theirs)
    if mine == other:
        return []
    only = [f"only ours has the titles {line!r}" for line in sorted(mine - other)]
    return only + [f"only Debian's has the titles {line!r}" for line in sorted(other - mine)]


def titles(result: dict) -> set[str]:
    """The lines that name columns."""
    lines = ESCAPE.sub(" ", result.get("output", "")).splitlines() + [result.get("header") or ""]
    return {" ".join(line.split()) for line in lines if names_columns(line.split())}


def names_columns(words: list[str]) -> bool:
    return len(words) > 1 and (all(TITLE_WORD.fullmatch(word) for word in words)
                               or DISTRIBUTION.search(" ".join(words)) is not None)


def row_differences(script, ours: dict, theirs: dict) -> list[str]:
    """Rows that are not in what is kept of a long output cannot be compared, nor the pieces that a screen redraws."""
    if script.terminal:
        return []
    found = []
    for check in script.shows:
        mine, other = fields(check.pattern, ours), fields(check.pattern, theirs)
        if mine and other and mine != other and check.pattern not in (HISTOGRAM_ROW, LINEAR_ROW):
            found.append(f"rows of {check.pattern!r} have {mine} fields with ours and {other} with Debian's")
    return found


def fields(pattern: str, result: dict) -> int:
    """Where it varies from row to row, as with a stack or a command's arguments, the most frequent number."""
    rows = [line for line in ESCAPE.sub(" ", result.get("output", "")).splitlines() if re.search(pattern, line)]
    counts = Counter(len(line.split()) for line in rows)
    return max(counts, key=lambda number: (counts[number], number), default=0)
