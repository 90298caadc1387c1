"""The dialect's cases: one C file a construct, whose head says what is expected of the compiler, and what sonde-cc made
of it.

A case opens with one line that says what it shows; every further line of its first comment block is an expectation, one
of
the words in EXPECTATIONS. README.md beside this file lists them.
"""

import json
import platform
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from object_file import ObjectFile
from places import BUILD

FOLDER = Path(__file__).resolve().parent
SONDE_CC = BUILD / "bin/sonde-cc"
OBJECTS = BUILD / "dialect-objects"  # portable ones that compiled here, for the guests to load
EXPECTATIONS = {
    "map", "program", "variants", "shared", "event", "tracepoint", "license", "calls", "no",  # of what was made
    "error", "warning", "note", "hint",                                               # of what was said
    "cflags", "load", "needs",                                                        # how to compile and load it
}
MESSAGE = re.compile(r"(?:(?P<file>[^\s:]+):(?:(?P<place>\d+:\d+):)? |sonde: )?"
                     r"(?P<level>error|warning|note|fatal error): (?P<text>.*)")
UNCOUNTED = re.compile(r" *\d* \|.*|In file included from .*|and so on")


@dataclass
class Case:
    path: Path
    title: str
    expectations: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.stem

    def all(self, *words: str) -> list[str]:
        return [text for word, text in self.expectations if word in words]

    @property
    def cflags(self) -> list[str]:
        return [flag for line in self.all("cflags") for flag in line.split()]


def read_case(path: Path) -> Case:
    lines = path.read_text().splitlines()
    head = [line for line in lines[:next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))]]
    assert head, f"{path.name} does not say what it shows"
    case = Case(path, head[0][2:].strip())
    for line in head[1:]:
        word, _, text = line[2:].strip().partition(" ")
        assert word.rstrip(":") in EXPECTATIONS, f"{path.name}: '{word}' is no expectation"
        case.expectations.append((word.rstrip(":"), text.strip()))
    return case


def cases(folder: str) -> list[Case]:
    return [read_case(path) for path in sorted((FOLDER / folder).glob("*.c"))]


@dataclass
class Compiled:
    status: int
    said: str
    output: Path

    @property
    def object(self) -> ObjectFile:
        return ObjectFile(self.output.read_bytes())

    @property
    def spec(self) -> dict:
        return json.loads(self.object.section(".sonde.spec"))

    def messages(self) -> list[str]:
        """Errors, warnings, notes and hints in the form in which a case expects them; anything else but excerpts is
        kept as it is."""
        own_name = self.output.stem + ".c"
        return [message for line in self.said.splitlines() if (message := as_expectation(line, own_name))]


def as_expectation(line: str, own_name: str) -> str:
    if UNCOUNTED.fullmatch(line):
        return ""
    found = MESSAGE.fullmatch(line)
    if not found:
        return line.replace(platform.release(), "{release}")
    file = Path(found["file"]).name if found["file"] else None
    if file == own_name:
        file = None
    where = ":".join(filter(None, [file, found["place"]]))
    text = found["text"].replace(platform.release(), "{release}")
    return f"{found['level'].removeprefix('fatal ')} {where}: {text}" if where else f"{found['level']}: {text}"


def expected_messages(case: Case) -> list[str]:
    said = []
    for word, text in case.expectations:
        if word in ("error", "warning", "note"):
            said.append(f"{word} {text}" if re.match(r"\S*\d+:\d+: ", text) else f"{word}: {text}")
        elif word == "hint":
            said.append(f"hint: {text}")
    return said


def compile_case(case: Case, folder: Path, *options: str) -> Compiled:
    """In the case's own folder, so that messages name the file alone."""
    output = folder / (case.name + ".o")
    output.unlink(missing_ok=True)
    done = subprocess.run([SONDE_CC, case.path.name, "-o", output, *case.cflags, *options], cwd=case.path.parent,
                          capture_output=True, text=True, timeout=60)
    return Compiled(done.returncode, done.stderr, output)
