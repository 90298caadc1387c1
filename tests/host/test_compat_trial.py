"""How the judge starts a script, what it tells it, and what counts as its output; the scripts here attach nothing."""

import os

import pytest

from compat import script as table
from compat import trial
from compat.shows import Rows


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(text, a file beside it = its text, field = value) judges such a script as it judges BCC's."""
    folder = tmp_path / "examples"
    folder.mkdir()
    monkeypatch.setattr(table, "FOLDER", str(folder))
    monkeypatch.setattr(trial, "NO_HOOK_S", 0.5)
    env = dict(os.environ, COMPAT_DIR=str(tmp_path), COMPAT_BUILT=str(tmp_path))

    def judge(text: str, *shows, beside: str = "", **fields) -> dict:
        (folder / "example.py").write_text(text)
        (folder / "beside.c").write_text(beside)
        return trial.run(table.Script("example.py", shows=shows, attaches_nothing=True, **fields), env)
    return judge


def test_a_key_is_typed_when_it_is_waited_for(run):
    result = run("print('press enter')\ninput()\nprint('went on')", Rows("went on", 1), typed="\n")
    assert result["ok"] and result["ended_by"] == "", trial.account(result)


def test_without_a_key_the_input_is_empty(run):
    assert not run("print('press enter')\ninput()\nprint('went on')", Rows("went on", 1))["ok"]


def test_a_copy_has_the_files_beside_the_script_and_what_it_writes_is_its_output(run):
    text = "open('out/rows.json', 'w').write(open('beside.c').read())\nprint('done')"
    result = run(text, Rows("a row", 1), beside="a row", in_copy=True, result_file="out/rows.json")
    assert result["ok"], trial.account(result)
    assert not run(text.replace("out/", ""), Rows("a row", 1), beside="a row", in_copy=True)["ok"]


def test_a_network_of_its_own_has_loopback_and_nothing_else(run):
    before = os.readlink("/proc/self/ns/net")
    result = run("import socket, os\nprint(socket.if_nameindex(), os.readlink('/proc/self/ns/net'))",
                 Rows(r"^\[\(1, 'lo'\)\] net:", 1), own_network=True)
    assert result["ok"], trial.account(result)
    assert before not in result["output"] and os.readlink("/proc/self/ns/net") == before
