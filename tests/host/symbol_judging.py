"""What nm's, addr2line's and gdb's tables say of the addresses of an ELF file, and how our answers compare.

Names are equal when they are the same, or when both are symbols that begin at the same address (aliases; `name@VERSION`
counts as `name`). Where no function's range covers an address, a symbol without a size that begins right before it is
its name, and without such a symbol it has none. All else is a difference, of one of the classes that `Judge.explain`
tells apart.
"""

import bisect
import random
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

EXPLAINED = {
    "overlap": "the ranges of several symbols cover the address, and the judge takes another one",
    "outside": "no symbol's range covers the address; the judge goes on with the one before",
    "part": "the judge goes by DWARF, where a part or a copy (.cold, .part, .constprop, .llvm) has its function's name",
    "plt": "the judge makes up names for the entries of the PLT",
    "unseen": "the judge does not read the symbols that name it (.gnu_debugdata, a debug link, untyped labels)",
}


def whole(name: str) -> str:
    return re.sub(r"(\.(cold|part|constprop|isra|llvm|lto_priv)(\.\d+)*)+$", "", name)


def output_of(*command, text=None) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, input=text, capture_output=True, text=True, check=True).stdout


@dataclass
class Tally:
    asked: int = 0
    named: int = 0
    equal: int = 0
    differences: list[tuple[str, str]] = field(default_factory=list)  # (class, what)


class Judge:
    """Symbol ranges of a file, and of the other files that hold symbols for it."""

    def __init__(self, file: Path, *more: Path):
        self.file, self.symbol_file = file, (more or (file,))[-1]
        self.code, self.code_names = [], []
        for number, name, address, size, flags in re.findall(
                r"^ +\[ *(\d+)\] (\S+) +\S+ +(\w+) \w+ (\w+) \w+ +([A-Z]*)", output_of("readelf", "-SW", file), re.M):
            if "A" in flags and "X" in flags:
                self.code.append((int(address, 16), int(address, 16) + int(size, 16)))
                self.code_names.append(name)
        self.loads = [tuple(int(n, 16) for n in found) for found in re.findall(
            r"^ +LOAD +(\w+) (\w+) \w+ (\w+) \w+ \w*? ?R? ?W? ?E", output_of("readelf", "-lW", file), re.M)]
        self.at: dict[int, dict[str, int]] = {}  # address -> name -> size
        for each in dict.fromkeys((file, *more)):
            self._read_symbols(each)
        self.starts = sorted(self.at)
        self.reach, furthest = [], 0
        for start in self.starts:
            furthest = max(furthest, start + max(self.at[start].values()))
            self.reach.append(furthest)

    def _read_symbols(self, file: Path) -> None:
        row = r"^ *\d+: (\w+) +(\w+) (?:FUNC|IFUNC|NOTYPE) +\w+ +\w+ +(?:\[.*?\] +)?\d+ (\S+)"
        for value, size, name in re.findall(row, output_of("readelf", "-sW", file), re.M):
            address = int(value, 16)
            if self.section_of(address) is not None:
                names = self.at.setdefault(address, {})
                names[name.split("@")[0]] = max(names.get(name.split("@")[0], 0), int(size, 0))

    def section_of(self, address: int) -> int | None:
        return next((i for i, (start, end) in enumerate(self.code) if start <= address < end), None)

    def sample(self, count: int, seed: int) -> list[int]:
        """Half of them in symbols, each as likely as the other, half anywhere in code."""
        chance = random.Random(seed)
        sized = [(start, max(names.values())) for start, names in self.at.items() if max(names.values())]
        spans = [end - start for start, end in self.code]
        chosen = []
        for i in range(count):
            if i % 2 and sized:
                start, size = chance.choice(sized)
            else:
                start, end = chance.choices(self.code, spans)[0]
                size = end - start
            chosen.append(start + chance.randrange(size))
        return chosen

    def offset_in_file(self, address: int) -> int:
        return next(address - start + offset for offset, start, size in self.loads if start <= address < start + size)

    def covering(self, address: int) -> dict[int, set[str]]:
        """Start -> names of the symbols whose ranges hold the address."""
        found = {}
        i = bisect.bisect_right(self.starts, address) - 1
        while i >= 0 and self.reach[i] > address:
            names = {name for name, size in self.at[self.starts[i]].items() if self.starts[i] + size > address}
            if names:
                found[self.starts[i]] = names
            i -= 1
        return found

    def names_of(self, address: int) -> set[str]:
        """nm's answer: every name that counts as equal; empty: it has none."""
        covering = self.covering(address)
        if covering:
            return covering[max(covering)]
        i = bisect.bisect_right(self.starts, address) - 1
        if i < 0 or self.section_of(self.starts[i]) != self.section_of(address):
            return set()
        return {name for name, size in self.at[self.starts[i]].items() if size == 0}

    def aliases(self, name: str | None) -> set[str]:
        return set().union(*(names for names in self.at.values() if name in names)) if name else set()

    def judge_by_nm(self, tally: Tally, address: int, ours: str | None) -> None:
        names = self.names_of(address)
        self._count(tally, address, ours, ours in names if names else ours is None, "|".join(sorted(names)) or None)

    def judge_by(self, tally: Tally, address: int, ours: str | None, theirs: str | None) -> None:
        equal = ours == theirs or (theirs in self.aliases(ours) if ours and theirs else False)
        self._count(tally, address, ours, equal, theirs)

    def _count(self, tally: Tally, address: int, ours: str | None, equal: bool, theirs: str | None) -> None:
        tally.asked += 1
        tally.named += ours is not None
        tally.equal += equal
        if not equal:
            what = f"{self.file.name} {address:#x}: we {ours}, they {theirs}"
            tally.differences.append((self.explain(address, ours, theirs), what[:200]))

    def explain(self, address: int, ours: str | None, theirs: str | None) -> str:
        covering, names = self.covering(address), self.names_of(address)
        if theirs is None and ours in names:
            return "unseen"
        if theirs and (theirs.endswith("@plt") or self.code_names[self.section_of(address)].startswith(".plt")):
            return "plt"
        if ours in names and theirs and whole(theirs) in {whole(name) for name in names}:
            return "part"
        if ours in set().union(*covering.values()) and theirs in set().union(*covering.values()):
            return "overlap"
        if not covering and ours is None:
            return "outside"
        return "UNEXPLAINED"


def ask_addr2line(file: Path, addresses: list[int]) -> list[str | None]:
    """The function that the address was compiled for: the last of those that are inlined there."""
    said = output_of("addr2line", "-a", "-i", "-f", "-e", file, text="".join(f"{a:#x}\n" for a in addresses))
    names = [block.splitlines()[-2] for block in re.split(r"^0x\w+\n", said, flags=re.M)[1:]]
    return [None if name == "??" else name.split("@")[0] for name in names]


def ask_gdb(file: Path, addresses: list[int]) -> list[str | None]:
    script = "set print demangle off\nset print asm-demangle off\n"
    script += "".join(f"info symbol {a:#x}\n" for a in addresses)
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as commands:
        commands.write(script)
        commands.flush()
        answers = output_of("gdb", "-batch", "-nx", "-x", commands.name, file).splitlines()
    answers = [line for line in answers if line.startswith("No symbol matches") or " in section " in line]
    assert len(answers) == len(addresses)
    place = re.compile(r" \+ \d+ in section | in section ")
    names = [None if line.startswith("No symbol") else place.split(line)[0] for line in answers]
    return [name if name is None or name.endswith("@plt") else name.split("@")[0] for name in names]


def ask_cxxfilt(names: list[str]) -> list[str]:
    return output_of("c++filt", "-i", text="".join(name + "\n" for name in names)).splitlines()


class PerfMapJudge:
    """A perf map's own lines: the newest that holds an address names it. V8 repeats in there what is compiled into the
    executable, whose own symbols say it in another spelling."""

    OWN = {r"Builtin:(.*)": r"Builtins_\1", r"BytecodeHandler:(\w+)\.?(\w*)": r"Builtins_\1\2Handler"}

    def __init__(self, text: str):
        rows = [line.split(" ", 2) for line in text.splitlines()]
        self.rows = [(int(start, 16), int(start, 16) + int(size, 16), name) for start, size, name in rows
                     if int(size, 16)]

    def sample(self, count: int, seed: int) -> list[int]:
        """One in ten of the executable's own, nine of what was made at run time."""
        chance = random.Random(seed)
        own = [row for row in self.rows if any(re.fullmatch(pattern, row[2]) for pattern in self.OWN)]
        ours = set(own)
        made = [row for row in self.rows if row not in ours]
        chosen = chance.choices(own, k=count // 10) + chance.choices(made, k=count - count // 10)
        return [chance.randrange(start, end) for start, end, _ in chosen]

    def names_of(self, address: int) -> set[str]:
        name = next(name for start, end, name in reversed(self.rows) if start <= address < end)
        return {name, *(re.sub(pattern, own, name) for pattern, own in self.OWN.items() if re.fullmatch(pattern, name))}
