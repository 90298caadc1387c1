"""Figures: many runs of both sides in turn, one number a side, one line a figure."""

import os
import platform
from collections import defaultdict
from datetime import date


class Figures:
    """Samples by figure and side. The least of a side's samples counts: noise only ever adds, and to both sides."""

    def __init__(self) -> None:
        self.samples: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, name: str, side: str, value: float) -> None:
        self.samples[name, side].append(value)

    def least(self, name: str, side: str) -> float:
        return min(self.samples[name, side])

    def line(self, name: str, peer: str, unit: str) -> None:
        ours, theirs = self.least(name, "ours"), self.least(name, peer)
        print(f"{name} ours {number(ours)} {unit}, {peer} {number(theirs)} {unit}, ratio {ours / theirs:.3f}",
              flush=True)


def number(value: float) -> str:
    """Four digits, and no exponent."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def print_heading(what: str, runs: int) -> None:
    print(f"# {what}: the least of {runs} runs a side, in turn; ratio is ours to theirs")
    print_place()


def print_place() -> None:
    where = "a guest" if "SONDE_IN_GUEST" in os.environ else "this machine"
    print(f"# {date.today()}, Linux {platform.release()} on {where}, {os.cpu_count()} processors", flush=True)
