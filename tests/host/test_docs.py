"""The documents: links and paths lead to files that exist."""

import re
import subprocess
from pathlib import Path

import pytest

from places import REPOSITORY

PATTERNS = ("*.md", "docs/**/*.md", "tests/**/*.md", "bench/*.md")
PAGES = sorted(page for pattern in PATTERNS for page in REPOSITORY.glob(pattern))
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
PLACEHOLDER = re.compile(r"NAME|GROUP")  # of a file that the reader is to make
PATH = re.compile(r"`((?:src|tests|tools|bench|scripts|include|examples|bindings|cmake|docs)/[\w./-]*\w)`")


def prose(page: Path) -> list[tuple[int, str]]:
    """Its lines with their numbers, without blocks of code."""
    lines, in_fence = [], False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            in_fence = not in_fence
        elif not in_fence and not line.startswith("    "):
            lines.append((number, line))
    return lines


def test_there_is_something_to_check():
    found = [line for page in PAGES for _, line in prose(page)]
    assert len(PAGES) > 20
    assert sum(len(LINK.findall(line)) for line in found) > 30 and sum(len(PATH.findall(line)) for line in found) > 50


def test_tools_by_kernel_are_as_the_guests_find_them():
    done = subprocess.run([REPOSITORY / "scripts/make_tools_page.py"], check=True, capture_output=True, text=True)
    assert done.stdout == (REPOSITORY / "docs/tools.md").read_text(), "scripts/make_tools_page.py > docs/tools.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page(page):
    wrong = []
    for number, line in prose(page):
        wrong += [f"{number}: no file {name}" for name in LINK.findall(line) if not (page.parent / name).exists()]
        wrong += [f"{number}: no file {name}" for name in PATH.findall(line)
                  if not PLACEHOLDER.search(name) and not (REPOSITORY / name).exists()]
    assert not wrong, "\n".join(wrong)
