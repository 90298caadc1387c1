"""What the output of a script must show: each check says in one phrase what it wants, and whether a text has it."""

import re
from dataclasses import dataclass

HISTOGRAM_ROW = r"^\s*\d+ +-> +\d+ +: +(\d+) +\|"
LINEAR_ROW = r"^\s*\d+ +: +(\d+) +\|"


@dataclass(frozen=True)
class Rows:
    """Lines that match: exactly `count`, or at least one."""
    pattern: str
    count: int | None = None

    def found(self, text: str) -> int:
        return sum(1 for line in text.splitlines() if re.search(self.pattern, line))

    def holds(self, text: str) -> bool:
        return self.found(text) == self.count if self.count is not None else self.found(text) > 0

    def __str__(self) -> str:
        return f"{'rows' if self.count is None else self.count} of {self.pattern!r}"


@dataclass(frozen=True)
class Most:
    """The numbers that the pattern's group catches: the largest is `low`, or at least `low` if not exact."""
    pattern: str
    low: int
    exact: bool = False

    def found(self, text: str) -> int:
        return int(max([float(number) for number in re.findall(self.pattern, text, re.M)], default=-1))

    def holds(self, text: str) -> bool:
        return self.found(text) == self.low if self.exact else self.found(text) >= self.low

    def __str__(self) -> str:
        return f"{self.low}{'' if self.exact else ' or more'} in {self.pattern!r}"


@dataclass(frozen=True)
class Sum(Most):
    """The same numbers, added up."""

    def found(self, text: str) -> int:
        return int(sum(float(number) for number in re.findall(self.pattern, text, re.M)))


def histogram(low: int, exact: bool = False) -> Sum:
    """Histograms whose counts add up to `low` or more."""
    return Sum(HISTOGRAM_ROW, low, exact)
