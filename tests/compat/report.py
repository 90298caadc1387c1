"""What both sides did, as text and HTML: verdicts, medians of time and memory, and what fails, with its reason."""

import html
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from compat.columns import differences
from compat.script import Script
from compat.scripts import known

TEMPLATE = Path(__file__).resolve().parent / "report.html"
LINE = "%-34s %-14s %-5s %-6s %8s %8s %8s %8s  %s"
HEADINGS = ("<tr><th>script<th>verdict<th>ours<th>Debian's<th>s, ours<th>s, Debian's<th>MB, ours<th>MB, Debian's"
            "<th>remark</tr>")
VERDICTS = ("same", "differs", "only ours", "only Debian's", "neither", "ours", "not ours")


@dataclass(frozen=True)
class Pair:
    """One script in one kernel; a side that was not run is empty."""
    key: str
    ours: dict
    theirs: dict
    script: Script = Script("")

    @cached_property
    def differences(self) -> list[str]:
        return differences(self.script, self.ours, self.theirs)

    @property
    def both_work(self) -> bool:
        return self.ours.get("ok", False) and self.theirs.get("ok", False)

    @property
    def verdict(self) -> str:
        ours = self.ours.get("ok", False)
        if not self.theirs:
            return "ours" if ours else "not ours"
        if self.both_work:
            return "differs" if self.differences else "same"
        if ours:
            return "only ours"
        return "only Debian's" if self.theirs.get("ok", False) else "neither"

    @property
    def remark(self) -> str:
        if self.verdict == "only ours":
            return f"Debian's: {trouble(self.theirs)}"
        if self.verdict in ("same", "differs", "ours"):
            return ("; ".join(self.differences if self.both_work else []) + reason(self.ours)).strip()
        return f"{trouble(self.ours)}{reason(self.ours or self.theirs)}"


def trouble(result: dict) -> str:
    """The first thing that is wrong, in a few words."""
    if not result:
        return "not run"
    if "failed" in result:
        return result["failed"]
    if result["error"] and (not result["has_header"] or result["status"]):
        return result["error"]
    missing = [f"{what}: {found}" for what, ok, found in result["checks"] if not ok]
    if missing:
        return "; ".join(missing)
    if not result["attached"]:
        return "attaches nothing"
    if not result["has_header"]:
        return "no header"
    return f"exit status {result['status']}, ended by {result['ended_by'] or 'itself'}"


def reason(result: dict) -> str:
    if not result.get("reason"):
        return ""
    return f" ({result['reason']})" if result["reason_holds"] else f" (NO LONGER TRUE: {result['reason']})"


def results_of(folder: Path) -> dict[str, dict]:
    """By script and variant; of a script that was run again the last."""
    path = folder / "results.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return {f"{one['script']} {one['variant']}".strip(): one for one in lines}


def kernels(out: Path) -> list[str]:
    return sorted({folder.name.rpartition("-")[0] for folder in out.glob("*-*") if (folder / "results.jsonl").exists()},
                  key=lambda name: [int(part) for part in name.split(".")[:2] if part.isdigit()])


def pairs_of(out: Path, kernel: str) -> list[Pair]:
    ours, theirs = results_of(out / f"{kernel}-sonde"), results_of(out / f"{kernel}-debian")
    table = known()
    return [Pair(key, ours.get(key, {}), theirs.get(key, {}), table.get(key, Script(key)))
            for key in sorted(ours | theirs)]


def medians(pairs: list[Pair], what: str) -> tuple[float, float] | None:
    """Over the scripts that work on both sides."""
    both = [pair for pair in pairs if pair.both_work]
    return (median(pair.ours[what] for pair in both), median(pair.theirs[what] for pair in both)) if both else None


def unexplained(pairs: list[Pair]) -> list[str]:
    """What was run and fails with ours, for no reason that holds."""
    return [pair.key for pair in pairs if pair.ours and not pair.ours["ok"] and not pair.ours.get("reason_holds")]


def summary(kernel: str, pairs: list[Pair]) -> list[str]:
    counts = {verdict: sum(pair.verdict == verdict for pair in pairs) for verdict in VERDICTS}
    lines = [f"Linux {kernel}: {len(pairs)} runs of scripts: " + ", ".join(f"{verdict} {n}" for verdict,
                                                                           n in counts.items() if n)]
    for what, name, unit in (("first_s", "seconds to the first output", "s"), ("peak_mb", "peak memory", "MB")):
        if both := medians(pairs, what):
            lines.append(f"  median {name}: ours {both[0]:.2f} {unit}, Debian's {both[1]:.2f} {unit}, "
                         f"{both[1] / max(both[0], 0.001):.1f} times ours")
    failed = sum(1 for pair in pairs if pair.ours and not pair.ours["ok"])
    return lines + [f"  fails with ours: {failed}; for no known reason: {', '.join(unexplained(pairs)) or 'none'}"]


def steps(result: dict) -> str:
    """How far it came: starts, attaches, header, rows."""
    names = {"started": "s", "attached": "a", "has_header": "h", "rows": "r"}
    return "".join(letter if result.get(name) else "-" for name, letter in names.items())


def figure(result: dict, what: str) -> str:
    return f"{result[what]:.1f}" if what in result else "-"


def row(pair: Pair) -> list[str]:
    return [pair.key, pair.verdict, steps(pair.ours), steps(pair.theirs), figure(pair.ours, "first_s"),
            figure(pair.theirs, "first_s"), figure(pair.ours, "peak_mb"),
            figure(pair.theirs, "peak_mb"), pair.remark]


def as_text(tables: dict[str, list[Pair]]) -> str:
    lines = ["s starts, a attaches, h prints its header, r prints rows that agree with the workload; "
             "seconds to the first output; MB at most", ""]
    for kernel, pairs in tables.items():
        lines += summary(kernel, pairs) + ["", LINE % (
            "SCRIPT", "VERDICT", "OURS", "THEIRS", "s ours", "s theirs", "MB ours", "theirs", "REMARK")]
        lines += [(LINE % tuple(row(pair))).rstrip() for pair in pairs] + [""]
    return "\n".join(lines)


def cells(pair: Pair) -> str:
    return "".join(f"<td>{html.escape(cell)}</td>" for cell in row(pair))


def as_html(tables: dict[str, list[Pair]]) -> str:
    parts = []
    for kernel, pairs in tables.items():
        parts.append("".join(f"<p>{html.escape(line)}</p>" for line in summary(kernel, pairs)))
        rows = "".join(f"<tr class='{pair.verdict.split()[0]}'>{cells(pair)}</tr>"
                       for pair in pairs)
        parts.append(f"<table>{HEADINGS}{rows}</table>")
    return TEMPLATE.read_text().replace("TABLES", "\n".join(parts))


def write(out: Path) -> int:
    """report.txt and report.html beside the results. 1 if a script works with Debian's package and not so with ours,
    or fails with ours and nobody knows why."""
    tables = {kernel: pairs_of(out, kernel) for kernel in kernels(out)}
    text = as_text(tables)
    (out / "report.txt").write_text(text + "\n")
    (out / "report.html").write_text(as_html(tables))
    print(text)
    return int(any(pair.verdict in ("only Debian's", "differs") for pairs in tables.values() for pair in pairs)
               or any(unexplained(pairs) for pairs in tables.values()))
