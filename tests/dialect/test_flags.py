"""What BPF(text=…, cflags=…) makes of flags and files: which are let pass, where #include looks, and names of the
program itself."""

import bcc
import pytest

PROGRAM = "int program(void *ctx) { return 0; }\n"
OF_OTHER_COMPILERS = ["-O0", "-O3", "-g", "-pipe", "-fPIC", "-fno-stack-protector", "-march=native",
                      "-mcmodel=kernel", "-std=gnu99",
                      "-isystem", "/no/such/folder", "-I/nor/this", "-Wp,-MD", "-w"]


def test_flags_that_tune_code_are_let_pass(capfd):
    bcc.BPF(text="int program(void *ctx) { int unused = 1; return 0; }", cflags=OF_OTHER_COMPILERS).close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("flags", [["-I{}"], ["-I", "{}"], ["-isystem", "{}"], ["-iquote", "{}"]], ids=" ".join)
def test_include_looks_in_folders_of_flags(flags, tmp_path):
    (tmp_path / "own.h").write_text("#define FOUND 3\n")
    text = '#include "own.h"\n_Static_assert(FOUND == 3, "found");\n' + PROGRAM
    bcc.BPF(text=text, cflags=[flag.format(tmp_path) for flag in flags]).close()


def test_include_looks_in_the_callers_folder(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/own.h").write_text('#include "beside.h"\n')
    (tmp_path / "sub/beside.h").write_text("#define FOUND 4\n")
    monkeypatch.chdir(tmp_path)
    bcc.BPF(text='#include "sub/own.h"\n_Static_assert(FOUND == 4, "found");\n' + PROGRAM).close()
    bcc.BPF(text='#include "own.h"\n_Static_assert(FOUND == 4, "found");\n' + PROGRAM, cflags=["-Isub"]).close()
    bcc.BPF(text='#include <own.h>\n_Static_assert(FOUND == 4, "found");\n' + PROGRAM, cflags=["-Isub"]).close()


def test_a_file_can_be_included_by_flag(tmp_path):
    (tmp_path / "own.h").write_text("struct own_t { u32 number; };\nBPF_HASH(counts, u32, struct own_t);\n")
    program = bcc.BPF(text="_Static_assert(sizeof(struct own_t) == 4, \"found\");\n" + PROGRAM,
                      cflags=["-include", str(tmp_path / "own.h")])
    assert program["counts"].Leaf(5).number == 5
    program.close()


def test_text_is_called_main():
    bcc.BPF(text='_Static_assert(sizeof(__FILE__) == sizeof("/virtual/main.c"), "name");\n' + PROGRAM).close()


def test_functions_are_listed_by_name():
    program = bcc.BPF(text="int zebra(void *ctx) { return 0; }\nint ape(void *ctx) { return 0; }\n"
                      "static int mouse(void *ctx) { return 0; }\n")
    assert [function.name for function in program.load_funcs(bcc.BPF.KPROBE)] == [b"ape", b"zebra"]
    program.close()
