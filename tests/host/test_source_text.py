"""The user's own lines, where sonde shows them after compiling: in the verifier's rejections, and under debug=8."""

import subprocess

import pytest

from places import BUILD

REJECTED = """BPF_HASH(table, u32, u64);
static void set(u32 key, u64 to) {
    u64 *value = table.lookup(&key);
    *value = to;
}
TRACEPOINT_PROBE(raw_syscalls, sys_enter) {
    set(3, args->id);
    return 0;
}
"""
# Where the first declaration comes out of a macro, and where it does not: clang embeds the text in the second case
# only.
ACCEPTED = {"macro first": "BPF_ARRAY(table, u64, 1);\nint lost;\n",
            "declaration first": "int lost;\nBPF_ARRAY(table, u64, 1);\n"}
PROBE = "TRACEPOINT_PROBE(raw_syscalls, sys_enter) {\n    __sync_fetch_and_add(&lost, args->id);\n    return 0;\n}\n"


def run(folder, text: str, *options: str) -> subprocess.CompletedProcess:
    (folder / "prog.c").write_text(text)
    return subprocess.run([BUILD / "bin/sonde", "run", "--no-cache", "-d", "0.1", *options, "prog.c"], cwd=folder,
                          capture_output=True, text=True)


def test_a_rejection_opens_with_the_users_line(tmp_path):
    done = run(tmp_path, REJECTED)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "sonde: error: prog.c:4: *value = to;"


@pytest.mark.parametrize("order", ACCEPTED)
def test_instructions_stand_under_their_line(tmp_path, order):
    done = run(tmp_path, ACCEPTED[order] + PROBE, "--debug", "8")
    assert done.returncode == 0, done.stderr
    assert "; prog.c:4: __sync_fetch_and_add(&lost, args->id);" in (done.stdout + done.stderr).splitlines()
