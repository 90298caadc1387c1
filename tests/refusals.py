"""The tools that do not run everywhere, as tests/vm/tools_that_refuse.txt lists them."""

from dataclasses import dataclass

from places import REPOSITORY

LIST = REPOSITORY / "tests/vm/tools_that_refuse.txt"


@dataclass(frozen=True)
class Refusal:
    tool: str
    kernels: str  # "5.10,6.1", or "machine"
    feature: str  # of kernel_features.py
    says: str     # how the tool's message begins
    why: str      # for people

    @property
    def is_of_machine(self) -> bool:
        return self.kernels == "machine"

    def concerns(self, kernel: str) -> bool:
        return self.is_of_machine or kernel in self.kernels.split(",")


def refusals() -> dict[str, Refusal]:
    rows = (line.split("\t") for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {row[0]: Refusal(*row) for row in rows}
