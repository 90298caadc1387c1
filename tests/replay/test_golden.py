"""What every tool prints of recorded bytes, in every format, against tests/replay/golden. No kernel is asked.

A change of what tools print shows here, in the diff of the golden files: `tests/replay/update` writes them anew."""

import json
import os
import subprocess

import pytest
from fits_schema import fits_one
from places import BUILD, REPOSITORY
from recording import flags_of, recorded

GOLDEN = REPOSITORY / "tests/replay/golden"
TOOLS = sorted(path.stem for path in REPOSITORY.glob("tools/*/*.c"))
FORMATS = "", "--json", "--csv"


def replayed(recording: str, *options: str) -> subprocess.CompletedProcess:
    """The recording goes through standard input, as it may."""
    return subprocess.run([BUILD / "bin/sonde", "replay", "/dev/stdin", *filter(None, options)], input=recording,
                          capture_output=True, text=True, errors="surrogateescape", env=os.environ | {"TZ": "UTC"})


def page_of(tool: str) -> str:
    """All of it: plainly, and with all flags on, in each format."""
    page = ""
    for title, options in ("", {}), (" with all flags", flags_of(tool)):
        for form in FORMATS:
            done = replayed(recorded(tool, options), form)
            assert done.returncode == 0 and not done.stderr, done.stderr
            page += f"== {form or 'text'}{title}\n{done.stdout}"
    return page


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_printed(tool):
    assert page_of(tool) == (GOLDEN / f"{tool}.txt").read_text(errors="surrogateescape")


@pytest.mark.parametrize("tool", TOOLS)
def test_json_fits_the_schema(tool):
    schemas = json.loads(subprocess.run([BUILD / "bin/sonde", tool, "--schema"], capture_output=True).stdout)["anyOf"]
    for options in {}, flags_of(tool):
        for line in replayed(recorded(tool, options), "--json").stdout.splitlines():
            assert fits_one(json.loads(line), schemas), line
