"""The judge of BCC's scripts calls two outputs the same only when titles, rows and verdicts are."""

import json

import pytest

from compat import report
from compat.script import Script
from compat.shows import Rows, histogram

TITLES = "TIME(s)  PID    COMM       FD ERR PATH"
ROW = "0.123    77     compat     3   0   /tmp/x"
SCRIPT = Script("opensnoop", shows=(Rows("compat", 1),))


def result(*lines, ok=True, script="opensnoop", **more):
    return {"script": script, "variant": "", "ok": ok, "header": lines[0] if lines else None,
            "output": "\n".join(lines), "first_s": 1.0, "peak_mb": 10.0, "error": "", "has_header": True, "status": 0,
            "checks": [], "attached": True, "ended_by": ""} | more


def pair(ours, theirs, script=SCRIPT):
    return report.Pair(script.key, ours, theirs, script)


def test_other_pids_and_times_are_no_difference():
    one = pair(result(TITLES, ROW), result("Tracing 55 ... Hit Ctrl-C", TITLES, ROW.replace("77", "12345")))
    assert (one.verdict, one.remark) == ("same", "")


@pytest.mark.parametrize("theirs, difference", [
    ([TITLES.replace("ERR ", ""), ROW], "TIME(s) PID COMM FD PATH"),
    ([TITLES, ROW.replace("  0  ", "")], "6 fields with ours and 5 with Debian's"),
    ([ROW], "only ours has the titles 'TIME(s) PID COMM FD ERR PATH'"),
], ids=["a_title_less", "a_field_less", "no_titles"])
def test_columns_differ(theirs, difference):
    one = pair(result(TITLES, ROW), result(*theirs))
    assert one.verdict == "differs" and difference in one.remark


def test_units_of_a_histogram_are_its_titles():
    shown = "     {} : count     distribution\n   0 -> 1  : 40   |*****|"
    one = pair(result(shown.format("usecs")), result(shown.format("msecs")), Script("x", shows=(histogram(40),)))
    assert one.verdict == "differs" and "msecs : count distribution" in one.remark
    assert pair(one.ours, result(shown.format("usecs").replace("*****", "**  ")), one.script).verdict == "same"


def test_rows_of_which_nothing_was_kept_are_no_difference():
    assert pair(result(TITLES, ROW), result(TITLES, "the end of a long output")).verdict == "same"


def test_what_terminals_are_told_is_not_compared():
    drawn = "\x1b[2J\x1b[1;3H" + TITLES + "\x1b(B\x1b[m"
    assert pair(result(drawn, ROW), result(TITLES, ROW)).verdict == "same"


@pytest.mark.parametrize("ours, theirs, verdict", [
    (result(), {}, "ours"), (result(ok=False), {}, "not ours"), (result(), result(ok=False), "only ours"),
    (result(ok=False), result(), "only Debian's"), (result(ok=False), result(ok=False), "neither"),
])
def test_verdicts(ours, theirs, verdict):
    assert pair(ours, theirs).verdict == verdict


def test_what_fails_with_ours_for_no_reason_that_holds_is_named():
    known, old, none = ({"ok": False} | more for more in ({"reason": "r", "reason_holds": True},
                                                          {"reason": "r", "reason_holds": False}, {}))
    pairs = [report.Pair(name, ours, {}) for name, ours in (("known", known), ("old", old), ("none", none))]
    assert report.unexplained(pairs) == ["old", "none"]


def test_a_script_that_was_run_again_counts_once_and_a_difference_is_a_failure(tmp_path, capsys):
    for side, runs in (("sonde", [result(ok=False), result(TITLES, ROW)]), ("debian", [result(TITLES, ROW)])):
        folder = tmp_path / f"6.12-{side}"
        folder.mkdir()
        (folder / "results.jsonl").write_text("".join(json.dumps(one) + "\n" for one in runs))
    assert report.write(tmp_path) == 0
    assert "1 runs of scripts: same 1" in capsys.readouterr().out
    with open(tmp_path / "6.12-debian/results.jsonl", "a") as again:
        again.write(json.dumps(result(TITLES + " MORE", ROW)) + "\n")
    assert report.write(tmp_path) == 1
    assert "differs 1" in (tmp_path / "report.txt").read_text()
