"""What a tool declares reaches the spec whole, and what this sonde does not know of it is an error."""

import json
import re
import subprocess

import pytest
from object_file import ObjectFile
from places import BUILD, REPOSITORY

SONDE = BUILD / "bin/sonde"
TOOL = """#include "tool.h"
TOOL("Count what happens.");
OPTION(bool, first, 'a', "first", "the first");
OPTION(bool, second, 'b', "second", "the second");
"""


def compiled(folder, text: str):
    source, made = folder / "counts.c", folder / "counts.o"
    source.write_text(TOOL + text)
    done = subprocess.run([SONDE, "cc", source, "-o", made], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return made


def spec_of(made) -> dict:
    return json.loads(ObjectFile(made.read_bytes()).section(".sonde.spec"))


def annotations_of(made, name: str) -> list[list[str]]:
    [declaration] = [each for each in spec_of(made)["declarations"] if each["name"] == name]
    return declaration["annotations"]


def test_no_tool_spells_the_name_of_a_program():
    spelt = re.compile(r"(probe|func|tracepoint)__\w")
    tools = sorted(REPOSITORY.glob("tools/*/*.c"))
    assert len(tools) > 40 and spelt.search('"kretprobe__tcp_connect"') and spelt.search('"raw_tracepoint__oom"')
    assert [tool.name for tool in tools if spelt.search(tool.read_text())] == []


@pytest.mark.parametrize("hook, program", [
    ("ON_SYSCALL(close)", "kprobe__sys_close"), ("AFTER_SYSCALL(close)", "kretfunc__vmlinux__sys_close")])
def test_all_that_is_said_of_a_hook_is_in_the_spec(tmp_path, hook, program):
    made = compiled(tmp_path, "ONLY_IF(first) ONLY_UNLESS(second) ONLY_IF(second) EITHER(end) OPTIONAL "
                              f"{hook} {{ return 0; }}\nOR_NOTHING(end);\n")
    annotations = annotations_of(made, program)
    assert [annotation for annotation in annotations if annotation[0] != "unpreempted"] == [
        ["if", "first"], ["unless", "second"], ["if", "second"], ["alternative", "end", "0"], ["optional"]]
    assert (["unpreempted"] in annotations) == hook.startswith("AFTER")


def test_the_first_of_three_alternatives_that_this_kernel_has_is_attached(tmp_path):
    made = compiled(tmp_path, """
        ALTERNATIVE(exits, 0) ON_RAW_TRACEPOINT(sched_no_such_event) { return 0; }
        ALTERNATIVE(exits, 0) ON_RAW_TRACEPOINT(sched_process_fork) { return 0; }
        ALTERNATIVE(exits, 2) ON_RAW_TRACEPOINT(sched_process_exec) { return 0; }
        ALTERNATIVE(exits, 1) ON_RAW_TRACEPOINT(sched_process_exit) { return 0; }
    """)
    done = subprocess.run([SONDE, "run", made, "--attachments", "--duration", "0.1"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"(\w+) runs at", done.stderr) == ["raw_tracepoint__sched_process_exit"]


def test_alternatives_with_a_misspelt_name_are_an_error(tmp_path):
    made = compiled(tmp_path, "EITHER(exits) ON_RAW_TRACEPOINT(sched_process_exit) { return 0; }\n"
                              "OR_ELSE(exit) ON_RAW_TRACEPOINT(sched_process_free) { return 0; }\n")
    done = subprocess.run([SONDE, "run", made, "-h"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, f"sonde: error: {made}: the alternatives exits have no OR_ELSE\n")


@pytest.mark.parametrize("declaration, said", [
    ('INTRO("Slower than {frist}");', "INTRO: unknown name frist; nearest: first"),
    ('HEADING_IF(secnd, "{time}");', "HEADING_IF: unknown option secnd; nearest: second"),
    ('struct row { u32 pid COLUMN("PID", -7); }; ROWS(rows, struct row); LINE(rows, "of {pdi}");',
     "LINE of rows: unknown column pdi; nearest: pid"),
    ('struct key { u32 pid COLUMN("PID", -7); }; struct value { u64 calls COLUMN("CALLS", 7); };\n'
     'TABLE(counts, struct key, struct value, 100); SUMMARY(counts, "{cals} calls");',
     "SUMMARY of counts: unknown field cals; nearest: calls")])
def test_a_name_that_there_is_not_is_an_error(tmp_path, declaration, said):
    made = compiled(tmp_path, declaration + "\nON_RAW_TRACEPOINT(sched_process_exit) { return 0; }\n")
    done = subprocess.run([SONDE, "run", made, "-h"], capture_output=True, text=True)
    error, hint = done.stderr.splitlines()
    assert (done.returncode, done.stdout, error) == (1, "", f"sonde: error: {made}: {said}")
    assert hint.startswith("hint: known here: ") and said.split()[-1] in hint


def test_an_object_names_the_version_that_made_it(tmp_path):
    version = subprocess.run([SONDE, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    assert spec_of(compiled(tmp_path, ""))["made_by"] == version


def test_what_this_version_does_not_know_is_an_error_with_its_name(tmp_path):
    made = compiled(tmp_path, 'struct row { u32 pid COLUMN("PID", -7) SONDE_ANNOTATE("colour", "red"); };\n'
                              "ROWS(rows, struct row);\n")
    version = spec_of(made)["made_by"]
    done = subprocess.run([SONDE, "run", made, "-h"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (f'sonde: error: {made}: this object says "colour" of "row.pid", '
                           f"which sonde {version} does not know\n"
                           "hint: a tool says what the macros of tool.h say, and nothing else\n")


FAMILIES = {
    "xfsslower": """#include "tool_slow_files.h"
        SLOW_FILES("XFS");
        SLOW_READS(xfs_file_read_iter)
        SLOW_WRITES(xfs_file_write_iter)
        SLOW_OPENS(xfs_file_open)
        SLOW_SYNCS(xfs_file_fsync)
    """,
    "xfsdist": """#include "tool_file_latency.h"
        FILE_LATENCY("XFS");
        LATENCY_OF("read", xfs_file_read_iter)
        LATENCY_OF("write", xfs_file_write_iter)
        LATENCY_OF("open", xfs_file_open)
        LATENCY_OF("fsync", xfs_file_fsync)
    """,
}
XFS = {f"{kind}__xfs_file_{name}" for kind in ("kprobe", "kretprobe")
       for name in ("read_iter", "write_iter", "open", "fsync")}


@pytest.mark.parametrize("tool, model", [("xfsslower", "ext4slower"), ("xfsdist", "ext4dist")])
def test_a_tool_of_a_family_is_a_file_of_ten_lines(tmp_path, tool, model):
    source, made = tmp_path / f"{tool}.c", tmp_path / f"{tool}.o"
    source.write_text(FAMILIES[tool])
    assert subprocess.run([SONDE, "cc", source, "-o", made]).returncode == 0
    own, ext4 = spec_of(made), json.loads(ObjectFile((BUILD / f"tools/{model}.o").read_bytes()).section(".sonde.spec"))
    assert {program["name"] for program in own["programs"] if "sonde" not in program["name"]} == XFS
    assert [each["name"] for each in own["maps"]] == [each["name"] for each in ext4["maps"]]
    own_help, ext4_help = (subprocess.run(command, capture_output=True, text=True, check=True).stdout
                           for command in ([SONDE, "run", source, "-h"], [SONDE, model, "-h"]))
    assert [line.split()[:2] for line in own_help.splitlines() if line.startswith("  -")] == [
        line.split()[:2] for line in ext4_help.splitlines() if line.startswith("  -")]
    assert " of XFS " in own_help
