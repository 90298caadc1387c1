"""The names that public programs and kernel code use, without any #include: answered on every kernel of the test bed,
with the value that the kernel's own headers give them, or else the hint names the header.

used.tsv has one use of a name a line: its kind, the text, and for some the kernel that it came with, or its header.
    type    the same size           value   a constant          folded  a value that takes an optimizer
    code    it compiles             hint    only headers have it
"""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

import judge
from compiling import SONDE_CC, compile_for, program
from test_constants import literal

USED = [line.split("\t") for line in Path(__file__).with_name("used.tsv").read_text().splitlines()]
VARIABLES = """struct task_struct *task; struct sock *sk; struct sk_buff *skb; struct request *rq; struct bio *bio;
struct page *page; struct file *file; struct inode *inode; struct dentry *dentry; struct net_device *dev;
struct zone *zone; struct cgroup *cgrp; struct kernfs_node *kn; struct mm_struct *mm; struct vm_area_struct *vma;
struct msghdr *msg; struct cmsghdr *cmsg; struct iov_iter *iter; struct pid *pid; struct pid_namespace *ns;
struct user_namespace *user_ns; struct list_head *list; struct hlist_node *hnode; struct rb_node *rb;
struct rb_root_cached *rbc; struct gendisk *disk; struct device *device; u64 *counter; struct folio *folio;"""
PER_PROGRAM = 20


def texts(kind):
    return [row[1] for row in USED if row[0] == kind]


def version(text):
    return [int(number) for number in re.findall(r"\d+", text)[:2]]


def codes(kernel):
    release = version(judge.kernel(kernel).release)
    return [row[1] for row in USED if row[0] == "code" and (len(row) < 3 or version(row[2]) <= release)]


@cache
def judged(kernel):
    return judge.values(kernel, texts("value") + [f"(unsigned long)sizeof({text})" for text in texts("type")])


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_values_are_the_kernels(kernel, tmp_path):
    """What this kernel's headers lack, as they have another name for it, is answered or hinted at."""
    known = judged(kernel)
    assert len([text for text in texts("value") if text in known]) > 0.9 * len(texts("value"))
    asserts = [f'_Static_assert({"(u32)" if "(" in text else ""}({text}) == {literal(known[text])}, '
               f'"{text} is {known[text]}");' for text in texts("value") if text in known]
    assert compile_for(kernel, program(*asserts), tmp_path) == ""


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_what_another_kernel_has_is_answered_or_its_header_named(kernel, tmp_path):
    for text in texts("value"):
        if text not in judged(kernel):
            said = compile_for(kernel, program(body=f"return (u64)({text});"), tmp_path)
            assert said == "" or re.search(r"hint: '\w+' is in the kernel header \w+/", said), said


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_types_are_the_kernels(kernel, tmp_path):
    sizes = {text: judged(kernel).get(f"(unsigned long)sizeof({text})") for text in texts("type")}
    lines = [f"{text} *use_{i};"
             + (f' _Static_assert(sizeof({text}) == {size}, "{text} has {size} bytes");' if size else "")
             + f" enum {{ size_{i} = sizeof({text}) }};" for i, (text, size) in enumerate(sizes.items())]
    assert len([size for size in sizes.values() if size]) > 0.9 * len(sizes)
    assert compile_for(kernel, program(*lines), tmp_path) == ""


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_folded_values_are_the_kernels(kernel, tmp_path):
    wanted = judge.folded(kernel, texts("folded"))
    assert len(wanted) > 0.8 * len(texts("folded")), set(texts("folded")) - set(wanted)
    found = folded(kernel, texts("folded"), tmp_path)
    assert {text: found.get(text) for text in wanted} == wanted


def folded(kernel, expressions, folder):
    """What each is once compiled, cut to 32 bits."""
    functions = [f'SEC("kprobe/vfs_read") int judged_{i}(struct pt_regs *ctx) {{ return (int)(u32)({text}); }}'
                 for i, text in enumerate(expressions)]
    (folder / "program.c").write_text("\n".join(functions) + "\n")
    of = judge.kernel(kernel)
    hertz = re.search(r"CONFIG_HZ=(\d+)", (of.tree / f"boot/config-{of.release}").read_text())
    done = subprocess.run([SONDE_CC, "--btf", of.vmlinux, "-D", f"HZ={hertz[1]}", "-o", folder / "program.o",
                           "--debug", "1", folder / "program.c"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answers = re.findall(r'@"?(?:sonde/)?judged_(\d+)"?\([^{]*{\n(?:[^}]*\n)?\s+ret i(?:32|64) (-?\d+)', done.stdout)
    return {expressions[int(i)]: int(number) % 2**32 for i, number in answers}


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_code_compiles(kernel, tmp_path):
    all_codes = codes(kernel)
    assert len(all_codes) > 150
    said = []
    for start in range(0, len(all_codes), PER_PROGRAM):
        uses = [f"static __noinline u64 use_{i}(struct pt_regs *ctx, void *memory) "
                f"{{ {variables(text)} char buf[16] = {{}}; u32 number = 0; u64 total = (u64)({text}); "
                "return total + number + buf[0]; }"
                for i, text in enumerate(all_codes[start:start + PER_PROGRAM])]
        calls = " + ".join(f"use_{i}(ctx, (void *)PT_REGS_PARM1(ctx))" for i in range(len(uses)))
        said.append(compile_for(kernel, program(*uses, body=f"return {calls};"), tmp_path))
    assert "".join(said) == ""


def variables(text):
    """Those that the text names."""
    declared = [each.strip() for each in VARIABLES.split(";") if each.strip()]
    return " ".join(f"{each} = memory;" for each in declared if re.search(rf"\b{each.split('*')[1]}\b", text))


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_a_hint_names_the_header(kernel, tmp_path):
    for kind, name, *header in USED:
        if kind != "hint":
            continue
        said = compile_for(kernel, program(body=f"return (u64){name}(ctx);"), tmp_path)
        assert f"hint: '{name}' is in the kernel header {header[0]}, which is not built in" in said, said
