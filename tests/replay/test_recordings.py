"""`sonde TOOL --record FILE` and `sonde replay`: the same output, and what damaged recordings come to."""

import json
import os
import random
import subprocess

import pytest
from places import BUILD
from recording import flags_of, recorded
from test_golden import replayed

SONDE = BUILD / "bin/sonde"


def lines_of(tool: str) -> list[dict]:
    return [json.loads(line) for line in recorded(tool, {}).splitlines()]


def text_of(lines: list) -> str:
    return "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)


@pytest.mark.parametrize("form", ["", "--json", "--csv"])
@pytest.mark.parametrize("tool", ["opensnoop", "syscount", "runqlat", "offcputime -K"])
def test_a_replay_prints_what_the_run_printed(tool, form, tmp_path):
    command = [SONDE, *tool.split(), "-d", "1", "--record", tmp_path / "recording", *filter(None, [form])]
    load = subprocess.Popen(["sh", "-c", "while :; do cat /dev/null; done"])  # opens files, runs and sleeps
    try:
        run = subprocess.run(command, capture_output=True, env=os.environ | {"TZ": "UTC"}, timeout=60)
    finally:
        load.kill()
        load.wait()
    assert run.returncode == 0 and run.stdout, run.stderr
    recording = (tmp_path / "recording").read_text()
    assert replayed(recording, form).stdout.encode(errors="surrogateescape") == run.stdout


def test_an_event_that_ends_early_is_no_harm():
    lines = lines_of("opensnoop")
    for line in lines:
        if "event" in line:
            line["bytes"] = line["bytes"][:10]
    assert replayed(text_of(lines)).returncode == 0


@pytest.mark.parametrize("change, said", [
    (lambda lines: lines.__setitem__(0, {"tool": "opensnoop"}), "this is not a recording"),
    (lambda lines: lines[0].__setitem__("sonde_recording", 2), "this recording is of a later version of sonde"),
    (lambda lines: lines[0].__setitem__("tool", "nosuch"), "this sonde has no tool nosuch"),
    (lambda lines: lines[0].pop("settings"), "line 1 of the recording: "),
    (lambda lines: lines.insert(1, "{"), "line 2 of the recording: it is not a JSON object"),
    (lambda lines: lines.insert(1, {"event": "counts"}), "line 2 of the recording: "),
    (lambda lines: lines.insert(1, {"what": 1}), "line 2 of the recording: it is of no kind that this version knows"),
    (lambda lines: lines.insert(1, {"lookup": "counts", "key": "0", "value": None}),
     "line 2 of the recording: key is not hexadecimal"),
    (lambda lines: lines.insert(1, {"take_elements": "counts", "key_size": 1, "value_size": 1, "value_stride": 1,
                                    "keys": "", "values": ""}), "the tool's map counts is another one"),
])
def test_a_damaged_recording_is_named(change, said):
    lines = lines_of("syscount")
    change(lines)
    done = replayed(text_of(lines))
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") <= 2, done.stderr


def test_damage_anywhere_ends_in_an_error_or_in_other_output():
    chance = random.Random(181)
    for tool in "opensnoop", "execsnoop", "biolatency", "offcputime", "memleak", "tcpconnect":
        whole = recorded(tool, flags_of(tool))
        for _ in range(15):
            at = chance.randrange(len(whole))
            other = chance.choice(["", "\0", "}", "9", "ff", "-", '"', "\n"])
            damaged = whole[:at] + other + whole[at + chance.randrange(40):]
            assert replayed(damaged, chance.choice(["", "--json", "--csv"])).returncode in (0, 1)
