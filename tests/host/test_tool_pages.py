"""Each ready tool's page of the manual: the parts that it has to have, and examples that the tool understands."""

import re
import shlex
import subprocess

import pytest
from places import BUILD, REPOSITORY

TOOLS = sorted(path.stem for path in REPOSITORY.glob("tools/*/*.c"))


def sonde(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BUILD / "bin/sonde", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("tool", TOOLS)
def test_page(tool):
    page = sonde(tool, "--manual").stdout
    titles = re.findall(r"^\.SH (.*)$", page, re.MULTILINE)
    assert {"NAME", "SYNOPSIS", "OPTIONS", "OVERHEAD", "EXAMPLES", "EXIT STATUS"} <= set(titles)
    examples = re.findall(r"^\\fBsonde (.*)\\fR$", page.split(".SH EXAMPLES")[1].split(".SH")[0], re.MULTILINE)
    assert examples
    for example in examples:
        words = shlex.split(example.replace("\\-", "-").split(" > ")[0])
        assert words[0] == tool
        at = words.index("--exec") if "--exec" in words else len(words)
        done = sonde(*words[:at], "--schema", *words[at:])  # which is said when all is understood, and nothing is traced
        assert done.returncode == 0 and '"anyOf"' in done.stdout, f"{example}: {done.stderr}"
