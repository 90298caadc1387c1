"""Names that neither BTF nor sonde's headers have come out of installed kernel headers, one by one."""

import os
import subprocess

from places import BUILD

PROGRAM = """\
#include <linux/odd.h>
int kprobe__vfs_read(void *ctx) { return ODD_TWICE(3) + odd_deep(4); }
"""

ODD_H = """\
#define ODD_TWICE(x) ((x) * ODD_FACTOR)
#define ODD_FACTOR 2
struct does_not_compile_for_bpf { long x : 99; };
static inline int odd_deeper(int n)
{
\tif (n) {
\t\treturn n + ODD_FACTOR;
\t}
\treturn 0;
}
static inline int odd_deep(int n) { return odd_deeper(n); }
"""


def compile_with(tmp_path, headers):
    tree = tmp_path / "tree"
    (tree / "include/linux").mkdir(parents=True)
    (tree / "include/linux/kconfig.h").write_text("")
    for name, text in headers.items():
        (tree / "include/linux" / name).write_text(text)
    program = tmp_path / "program.c"
    program.write_text(PROGRAM)
    return subprocess.run([BUILD / "bin/sonde-cc", program, "-o", tmp_path / "program.o", "--debug", "1"],
                          env={**os.environ, "BCC_KERNEL_SOURCE": str(tree)}, capture_output=True, text=True,
                          timeout=60)


def test_macros_and_inline_functions_are_taken_with_what_they_refer_to(tmp_path):
    done = compile_with(tmp_path, {"odd.h": ODD_H})
    assert done.returncode == 0, done.stderr
    assert done.stderr == (f"sonde: note: taken from the kernel headers in {tmp_path}/tree: "
                           "ODD_FACTOR, ODD_TWICE, odd_deep, odd_deeper\n")
    assert "ret i32 12" in done.stdout  # 3 * 2 + 4 + 2


def test_a_name_that_the_headers_lack_too_is_an_error_at_its_place(tmp_path):
    done = compile_with(tmp_path, {"odd.h": "#define ODD_TWICE(x) (x)\n"})
    assert done.returncode == 1
    assert f"{tmp_path}/program.c:2:57: error: call to undeclared function 'odd_deep'" in done.stderr
    assert not (tmp_path / "program.o").exists()


def test_unfinished_headers_do_no_harm(tmp_path):
    done = compile_with(tmp_path, {"odd.h": "#define ODD_TWICE(x) (x)\nstatic inline int odd_deep(int n) { return (\n"})
    assert done.returncode == 1
    assert "odd_deep" in done.stderr
