"""Each ready tool's page of the manual: the parts that it has to have, examples that the tool understands, sessions
with its titles."""

import os
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
    assert {"NAME", "SYNOPSIS", "OPTIONS", "OVERHEAD", "EXAMPLES", "EXAMPLE SESSION", "EXIT STATUS"} <= set(titles)
    examples = re.findall(r"^\\fBsonde (.*)\\fR$", page.split(".SH EXAMPLES")[1].split(".SH")[0], re.MULTILINE)
    assert examples
    sessions = re.findall(r"^\\fB# sonde (.*)\\fR$", page, re.MULTILINE)
    assert sessions
    for example in examples + sessions:
        words = shlex.split(example.replace("\\-", "-").split(" > ")[0])
        for at in (at for at, word in enumerate(words[:-1], 1) if word in ("-p", "--pid")):
            words[at] = str(os.getpid())  # a process that exists
        assert words[0] == tool
        at = words.index("--exec") if "--exec" in words else len(words)
        # The schema is printed when all is understood, and nothing is traced.
        done = sonde(*words[:at], "--schema", *words[at:])
        assert done.returncode == 0 and '"anyOf"' in done.stdout, f"{example}: {done.stderr}"


OWN = """#include "tool.h"
TOOL("Count what happens.");
ARGUMENT(u64, least, "least", "the least");
OPTION(u32, order, 'o', "order", "by what") CHOICES("size", "count");
ON_RAW_TRACEPOINT(sched_process_exit) { return 0; }
"""


def test_an_option_has_the_whole_word_of_its_value():
    terms = re.findall(r"^\.TP\n(.*)$", sonde("opensnoop", "--manual").stdout, re.MULTILINE)
    assert "\\fB\\-\\-metrics\\fR \\fI[ADDRESS:]PORT\\fR" in terms


def test_a_ready_tool_is_called_in_two_ways():
    for command in "sonde", "opensnoop":
        words = [command, "opensnoop", "--manual"][command == "opensnoop":]
        page = subprocess.run(words, executable=BUILD / "bin/sonde", capture_output=True, text=True, check=True).stdout
        assert ".SH SYNOPSIS\n\\fBopensnoop\\fR [options]\n.br\n\\fBsonde opensnoop\\fR [options]\n" in page


def test_an_own_tool_is_called_by_its_file(tmp_path, monkeypatch):
    (tmp_path / "counts.c").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    page = sonde("run", "counts.c", "--manual").stdout
    assert ".SH SYNOPSIS\n\\fBsonde run counts.c\\fR [options] [\\fIleast\\fR]\n.SH OPTIONS\n" in page
    assert "\\fB\\-o, \\-\\-order\\fR \\fIORDER\\fR\n" in page


SENTENCES = {"oomkill"}  # whose rows are sentences, without titles


def of_always(columns: str) -> list[str]:
    """The titles of columns that are shown without any option."""
    return [title for title, said in re.findall(r"^\.TP\n\\fB(.*)\\fR\n(.*)$", columns, re.MULTILINE)
            if "; with " not in said]


@pytest.mark.parametrize("tool", TOOLS)
def test_session_has_the_titles(tool):
    page = sonde(tool, "--manual").stdout
    parts = dict(re.findall(r"^\.SH (.*)\n((?:(?!\.SH).*\n)*)", page, re.MULTILINE))
    session = parts["EXAMPLE SESSION"].splitlines()
    titles = of_always(parts.get("COLUMNS", ""))
    with_options = "-" in session[1].partition("# sonde ")[2]
    if titles and not with_options and tool not in SENTENCES:
        assert any(line.split() == " ".join(titles).split() for line in session), f"{titles} {session[2:4]}"
