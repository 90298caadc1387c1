"""What reads of kernel memory yield, on this guest's kernel: compiled here, and compiled for another kernel's layouts.

The kprobes among the programs read the arguments of a call that this process makes, and what hangs off them.
"""

import os
import sys

import pytest
from places import REPOSITORY

sys.path[:0] = [str(REPOSITORY / "tests/dialect")]

from bed import kernels  # noqa: E402
from reading import compiled_here, probe, run_probe  # noqa: E402
# noqa: E402, F401: pytest finds fixtures by name
from value_fixtures import ALL, known, named, values_here, values_of_object

OTHER = next(name for name in kernels.listed() if name != os.environ["SONDE_KERNEL"])


@pytest.fixture(scope="module")
def values_of_foreign(known, tmp_path_factory):
    """By an object for the other guests' kernel: where the layouts differ, only its relocations make them right."""
    return values_of_object(known, tmp_path_factory.mktemp("foreign"), "--btf", kernels.ready(OTHER).vmlinux)


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_compiled_here(reading, known, values_here):
    assert values_here[reading.name] == reading.truth(known)


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_compiled_for_another_kernel(reading, known, values_of_foreign):
    assert values_of_foreign[reading.name] == reading.truth(known)


PROBES = [
    ("parameter_chain", "struct file *file", "value = file->f_inode->i_ino;", lambda known: known.status.st_ino),
    ("parameter_name", "struct file *file", "value = (u8)file->f_path.dentry->d_name.name[2];", lambda known: ord("l")),
    ("parameter_copied", "struct file *file",
     "struct path path = file->f_path; struct qstr name = path.dentry->d_name; value = name.len;",
     lambda known: len("file_of_known_name")),
    ("third_parameter", "struct file *file, char __user *buffer, size_t count", "value = count;", lambda known: 7),
    ("register", "", "struct file *file = (struct file *)PT_REGS_PARM1(ctx); value = file->f_inode->i_size;",
     lambda known: 10),
    ("register_without_variable", "", "value = ((struct file *)PT_REGS_PARM1(ctx))->f_inode->i_size;",
     lambda known: 10),
    ("register_in_helper", "", "value = size_of(ctx);", lambda known: 10),
    ("kept_and_read_later", "struct file *file",
     "u32 key = 3; files.update(&key, &file); struct file **found = files.lookup(&key); "
     "if (found) value = (*found)->f_inode->i_nlink;", lambda known: 1),
]
HEAD = """
BPF_HASH(files, u32, struct file *);
static u64 size_of(struct pt_regs *ctx) { return ((struct file *)PT_REGS_PARM1(ctx))->f_inode->i_size; }
"""


@pytest.mark.needs("kprobe")
@pytest.mark.parametrize("parameters, body, truth", [each[1:] for each in PROBES], ids=[each[0] for each in PROBES])
def test_kprobe(parameters, body, truth, known):
    text = probe("vfs_read", parameters, body, known.defines() + HEAD)
    assert run_probe(compiled_here(text), lambda: os.pread(known.fd, 7, 0)) == truth(known)


@pytest.mark.needs("kprobe")
def test_system_call_parameters(known):
    """Both spellings; the fourth parameter is in another register than a function's."""
    for name in ("kprobe__sys_pread64", "kprobe____x64_sys_pread64"):
        text = probe(name, "unsigned fd, char __user *buffer, size_t count, loff_t at",
                     "value = (u64)fd << 32 | count << 16 | at;", known.defines())
        assert run_probe(compiled_here(text), lambda: os.pread(known.fd, 7, 3)) == known.fd << 32 | 7 << 16 | 3


@pytest.mark.needs("fentry")
def test_fentry_parameters(known):
    text = probe("KFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count)", None,
                 "value = file->f_inode->i_size << 8 | count;", known.defines())
    assert run_probe(compiled_here(text), lambda: os.pread(known.fd, 7, 0)) == 10 << 8 | 7


@pytest.mark.needs("fentry")
def test_fexit_sees_the_result(known):
    text = probe("KRETFUNC_PROBE(vfs_read, struct file *file, char *buffer, size_t count, loff_t *position, "
                 "ssize_t ret)", None, "value = ret << 8 | count;", known.defines())
    assert run_probe(compiled_here(text), lambda: os.pread(known.fd, 100, 4)) == 6 << 8 | 100


@pytest.mark.needs("kprobe")
def test_kretprobe_sees_the_result(known):
    text = probe("kretprobe__vfs_read", "", "value = PT_REGS_RC(ctx);", known.defines())
    assert run_probe(compiled_here(text), lambda: os.pread(known.fd, 100, 4)) == 6
