#!/usr/bin/python3
"""Prints docs/tools.md: which tool works on which kernel.

From `sonde list` of build/, the kernels of tests/vm/kernels.txt and tests/vm/tools_that_refuse.txt, which
tests/vm/test_every_tool.py holds against each kernel.

    scripts/make_tools_page.py > docs/tools.md
"""

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "tests"), str(REPOSITORY / "tests/vm")]

from bed import kernels  # noqa: E402
from places import BUILD  # noqa: E402
from refusals import refusals  # noqa: E402

HEAD = """\
# Tools by kernel

Each of these tools is loaded and attached on each of these kernels, Debian's, beside a load of which it has to show
what it did; {older} is the oldest kernel that sonde is made for. A tool that cannot run says why in one line.
`./test` does so for those that `tests/vm/kernels.txt` marks `all`; the others are run by hand.

This page is made by `scripts/make_tools_page.py`; do not edit it. What a tool does in full: `sonde TOOL --manual`.
"""


def by_version(name: str) -> list[int]:
    return [int(part) for part in name.split(".")]


def summaries() -> dict[str, str]:
    """Of each tool, as `sonde list` has them."""
    listed = subprocess.run([BUILD / "bin/sonde", "list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(re.findall(r"^  (\S+) +(.*)$", listed, re.MULTILINE))


def rows(names: list[str], notes: list[str]):
    summary = summaries()
    for source in sorted(REPOSITORY.glob("tools/*/*.c"), key=lambda path: (path.parent.name, path.stem)):
        refusal = refusals().get(source.stem)
        if refusal and refusal.why not in notes:
            notes.append(refusal.why)
        mark = f"no, {notes.index(refusal.why) + 1}" if refusal else ""
        if refusal and refusal.is_of_machine:
            mark = f"yes, {notes.index(refusal.why) + 1}"
        cells = [mark if refusal and refusal.concerns(name) else "yes" for name in names]
        yield f"| {source.parent.name} | `{source.stem}` | {summary[source.stem]} | {' | '.join(cells)} |"


def page() -> str:
    names = sorted(kernels.listed(), key=by_version)
    notes: list[str] = []
    table = list(rows(names, notes))
    titles = [f"| | tool | | {' | '.join(names)} |", "|---|---|---|" + "---|" * len(names)]
    lines = [HEAD.format(older=names[0]), *titles, *table, ""]
    return "\n".join(lines + [f"{number}. {why}" for number, why in enumerate(notes, 1)]) + "\n"


if __name__ == "__main__":
    print(page(), end="")
