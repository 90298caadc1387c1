"""tplist: exact lines for a library made here, for types whose layout the compiler tells, and for this kernel."""

import ctypes
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from places import BUILD

TPLIST = [str(BUILD / "bin/sonde"), "tplist"]
NOTES = r"""
#define NOTE(provider, name, semaphore, arguments)                                                                    \
  asm volatile("990: nop\n.pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n.4byte 992f-991f,994f-993f,3\n"        \
               "991: .asciz \"stapsdt\"\n992: .balign 4\n993: .8byte 990b,0," semaphore "\n.asciz \"" provider        \
               "\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n994: .balign 4\n.popsection\n")
unsigned short shop_open __attribute__((section(".probes")));
int shop_total = 3;
"""
C_SOURCE = NOTES + r"""
int shop_add(int n) {
  NOTE("shop", "add", "shop_open", "-4@%edi 8@$42 -4@-20(%rbp) 1@%al 8@8(%rsp,%rcx,4) 4@shop_total(%rip) 8f@%xmm0");
  return n + shop_total;
}
int shop_remove(int n) { NOTE("shop", "remove", "0", ""); NOTE("shop", "add", "shop_open", "-8@%rdi"); return n; }
"""
CPP_SOURCE = """
namespace till { struct Drawer { int put(int n); int take(int n, const char *why); }; }
int till::Drawer::put(int n) { return n + 1; }
int till::Drawer::take(int n, const char *why) { return n - *why; }
int plain(int n) { return n; }
"""
needs_x86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the notes are of x86")


def tplist(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([*TPLIST, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def lines(*words: str) -> list[str]:
    done = tplist(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def records(*words: str) -> list[dict]:
    return [json.loads(line) for line in lines(*words, "--json")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("shop")
    (made / "shop.c").write_text(C_SOURCE)
    (made / "till.cc").write_text(CPP_SOURCE)
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", made / "libshop.so", made / "shop.c"], check=True)
    subprocess.run(["g++", "-O1", "-shared", "-fPIC", "-o", made / "libtill.so", made / "till.cc"], check=True)
    return made


def address_of(file: Path, symbol: str) -> int:
    table = subprocess.run(["nm", file], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0], 16) for line in table.splitlines() if line.split()[-1] == symbol)


@needs_x86
def test_usdt_probes_of_a_library(folder):
    library = str(folder / "libshop.so")
    semaphore = address_of(folder / "libshop.so", "shop_open")
    assert lines("-l", library) == [f"{library} shop:add", f"{library} shop:remove"]
    assert lines("-l", library, "*:rem*") == lines("-l", library, "remove") == [f"{library} shop:remove"]
    assert lines("-v", "-l", library) == [f"shop:add [sema {semaphore:#x}]", "  2 location(s)", "  7 argument(s)",
                                          "shop:remove [sema 0x0]", "  1 location(s)", "  0 argument(s)"]
    add, remove = (record["locations"] for record in records("-l", library))
    assert lines("-vv", "-l", library, "shop:add") == [
        f"shop:add [sema {semaphore:#x}]",
        f"  location #1 {library} {add[0]['address']:#x}",
        "    argument #1 4 signed   bytes @ di",
        "    argument #2 8 unsigned bytes @ 42",
        "    argument #3 4 signed   bytes @ *(bp - 20)",
        "    argument #4 1 unsigned bytes @ ax",
        "    argument #5 8 unsigned bytes @ *(sp + 8 + cx * 4)",
        "    argument #6 4 unsigned bytes @ *(shop_total)",
        "    argument #7 8f@%xmm0 cannot be read: " + add[0]["arguments"][6]["unreadable"],
        f"  location #2 {library} {add[1]['address']:#x}",
        "    argument #1 8 signed   bytes @ di"]
    start = address_of(folder / "libshop.so", "shop_add")
    assert start <= add[0]["address"] < start + 64
    assert [one["text"] for one in add[0]["arguments"]][:2] == ["-4@%edi", "8@$42"]


@needs_x86
def test_usdt_probes_of_a_process(folder):
    library = folder / "libshop.so"
    ctypes.CDLL(str(library))  # this process has it mapped
    assert f"{library} shop:add" in lines("-p", str(os.getpid()), "shop:*")
    assert lines("-p", str(os.getpid()), "-l", str(library), "shop:add") == [f"{library} shop:add"]


@needs_x86
def test_a_usdt_pattern_that_matches_nothing(folder):
    done = tplist("-l", str(folder / "libshop.so"), "shop:ad")
    assert done.returncode == 1 and done.stdout == ""
    error = f"tplist: error: no USDT probe of {folder}/libshop.so matches shop:ad"
    assert done.stderr == f"{error}\nhint: nearest: shop:add\n"
    done = tplist("-l", str(folder / "libtill.so"))
    assert done.returncode == 1 and done.stderr == f"tplist: error: {folder}/libtill.so has no USDT probes\n"


def test_functions_of_a_library(folder):
    library = str(folder / "libshop.so")
    assert lines("-u", f"{library}:shop_*") == [f"{library} shop_add", f"{library} shop_remove"]
    assert lines("-u", library, "shop_add") == [f"{library} shop_add"]
    (record,) = records("-u", f"{library}:shop_add")
    assert record["address"] == address_of(folder / "libshop.so", "shop_add") and record["symbol"] == "shop_add"
    done = tplist("-u", f"{library}:shop_ad")
    assert done.returncode == 1
    assert done.stderr == f"tplist: error: no function of {library} matches shop_ad\nhint: nearest: shop_add\n"


def test_functions_of_c_plus_plus_are_demangled(folder):
    library = str(folder / "libtill.so")
    both = [f"{library} till::Drawer::put(int)", f"{library} till::Drawer::take(int, char const*)"]
    assert lines("-u", f"{library}:till::*") == lines("-u", f"{library}:_ZN4till*") == both
    assert lines("-u", f"{library}:till::Drawer::put") == both[:1]
    assert lines("-u", f"{library}:pl[a-m]in") == [f"{library} plain(int)"]
    mangled = "_ZN4till6Drawer3putEi"
    shown = lines("-v", "-u", f"{library}:*put*")[1]
    assert shown.startswith(f"  {mangled} at {address_of(Path(library), mangled):#x}, ")


def test_a_colon_in_a_path(folder):
    (folder / "a:b").mkdir()
    os.link(folder / "libtill.so", folder / "a:b/lib.so")
    assert lines("-u", f"{folder}/a:b/lib.so:till::Drawer::put") == [f"{folder}/a:b/lib.so till::Drawer::put(int)"]


def test_tracepoints():
    assert lines("syscalls:sys_enter_read") == ["syscalls:sys_enter_read"]
    assert lines("-v", "syscalls:sys_enter_read") == [
        "syscalls:sys_enter_read", "    int __syscall_nr;", "    unsigned int fd;", "    char * buf;",
        "    size_t count;"]
    placed = lines("-vv", "syscalls:sys_enter_read")[2]
    assert placed.split("/*") == ["    unsigned int fd;                         ", " offset 16, size 8 */"]
    found = lines("sched:sched_process_f*")
    assert found == sorted(found) and "sched:sched_process_fork" in found
    (record,) = records("sched:sched_process_fork")
    assert record["name"] == "sched:sched_process_fork" and record["id"] > 0
    assert {"parent_pid", "child_pid"} <= {field["name"] for field in record["fields"]}


@pytest.mark.parametrize("wrong, nearest", [("sched:sched_swich", "sched:sched_switch"),
                                            ("sched_switch", "sched:sched_switch"),
                                            ("sched:sched_process_frok*", "sched:sched_process_fork")])
def test_a_tracepoint_that_is_misspelled(wrong, nearest):
    done = tplist(wrong)
    assert done.returncode == 1 and done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error == f"tplist: error: no tracepoint matches {wrong}"
    assert hint.startswith("hint: nearest: ") and nearest in hint.split(": ", 2)[2].split(", ")


def test_functions_of_the_kernel():
    found = lines("-k", "vfs_*")
    assert "ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)" in found
    assert len(found) > 20 and all("vfs_" in line for line in found)
    done = tplist("-k", "vfs_raed")
    assert done.returncode == 1
    assert done.stderr.startswith("tplist: error: no function of the kernel matches vfs_raed\nhint: nearest: vfs_read")


def test_padding_before_functions_is_not_listed():
    if not re.search(r" t __pfx_vfs_read$", Path("/proc/kallsyms").read_text(), re.IGNORECASE | re.MULTILINE):
        assert "no function of the kernel matches" in tplist("-k", "__pfx_vfs_read").stderr
        return
    done = tplist("-k", "__pfx_vfs_read")
    assert done.returncode == 1 and "can be probed: __pfx_vfs_read (padding before functions)" in done.stderr


def test_raw_tracepoints():
    assert lines("--raw", "sched_process_fork") == [
        "sched_process_fork(struct task_struct *parent, struct task_struct *child)"]
    assert "nearest: sched_process_fork" in tplist("--raw", "sched_process_frok").stderr


LAYOUT_SOURCE = """
#include <stddef.h>
#include <stdio.h>
enum colour { RED, BLUE };
struct inner { char name[3]; long value; };
struct outer {
  char first;
  int bits_a : 3, bits_b : 7;
  enum colour shade : 2;
  union { long whole; short half; };
  struct inner parts[2];
  struct { short x, y; } points[3];
  int (*call)(struct outer *self, const char *text, ...);
  const char *const *words;
  double ratio;
  _Bool on;
  char tail[];
} outer;
typedef struct { short low, high; } pair_t;
pair_t pair;
#define AT(member) printf("%s %zu %zu\\n", #member, offsetof(struct outer, member), sizeof(((struct outer *)0)->member))
#ifdef TELL
int main(void) {
  AT(first); AT(whole); AT(half); AT(parts); AT(points); AT(call); AT(words); AT(ratio); AT(on);
  printf("size %zu 0\\n", sizeof(struct outer));
}
#endif
"""


@pytest.fixture(scope="module")
def layout(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("layout")
    (made / "layout.c").write_text(LAYOUT_SOURCE)
    subprocess.run(["gcc", "-gbtf", "-c", "-o", made / "layout.o", made / "layout.c"], check=True)
    subprocess.run(["gcc", "-DTELL", "-o", made / "tell", made / "layout.c"], check=True)
    return made


def flat(members: list[dict]) -> dict[str, dict]:
    found = {}
    for member in members:
        if member["name"]:
            found[member["name"]] = member
        else:
            found.update(flat(member["members"]))
    return found


def test_layouts_are_those_of_the_compiler(layout):
    (record,) = records("--sizes", "outer", "--btf", str(layout / "layout.o"))
    members = flat(record["members"])
    said = subprocess.run([layout / "tell"], capture_output=True, text=True, check=True).stdout
    told = [line.split() for line in said.splitlines()]
    for name, offset, size in told[:-1]:
        assert (members[name]["offset"], members[name]["size"]) == (int(offset), int(size)), name
    assert record["size"] == int(told[-1][1])
    fields = [members[name] for name in ("bits_a", "bits_b", "shade")]
    assert [(one["offset"] * 8 + one["bit"], one["bits"]) for one in fields] == [(8, 3), (11, 7), (18, 2)]
    used = sum(each["bits"] if "bits" in each else each["size"] * 8 for each in record["members"])
    assert used + sum(hole["bits"] for hole in record["holes"]) == record["size"] * 8


def test_a_layout_as_text(layout):
    shown = lines("--sizes", "outer", "--btf", str(layout / "layout.o"))
    assert shown[0] == "struct outer {" and shown[-1] == "};"
    without_blanks = [" ".join(line.split()) for line in shown]
    assert "int bits_b : 7; /* 1:3 7 */" in without_blanks
    assert "enum colour shade : 2; /* 2:2 2 */" in without_blanks
    assert "} points[3]; /* 48 12 */" in without_blanks
    assert "int (*call)(struct outer *, const char *, ...); /* 64 8 */" in without_blanks
    assert lines("--sizes", "pair_t", "--btf", str(layout / "layout.o"))[0] == "struct pair_t {"


def test_layouts_of_this_kernel():
    (record,) = records("--sizes", "list_head")
    assert [(one["declaration"], one["offset"]) for one in record["members"]] == [
        ("struct list_head *next", 0), ("struct list_head *prev", 8)]
    assert lines("--sizes", "union sigval")[0] == "union sigval {"
    done = tplist("--sizes", "task_strukt")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "tplist: error: no struct or union matches task_strukt"
    assert "task_struct" in done.stderr.splitlines()[1]


@pytest.mark.parametrize("words", [["-k", "--raw"], ["-l", "c", "-k"], ["--sizes", "file", "x"], ["--btf", "x.o", "-k"],
                                   ["--bogus"]])
def test_what_contradicts_itself_is_wrong_use(words):
    done = tplist(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("tplist: error: ")
    assert done.stderr.endswith("\nhint: sonde tplist -h says how it is used\n")


def test_without_a_readable_tracefs_it_says_so_in_one_line():
    with tempfile.TemporaryDirectory() as name:  # which every user can get at
        Path(name).chmod(0o755)
        shutil.copy(TPLIST[0], f"{name}/sonde")
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        done = subprocess.run([*user, f"{name}/sonde", "tplist"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error.startswith("tplist: error: ") and "tracefs" in error + hint


def test_a_link_of_its_name_is_the_command(tmp_path):
    (tmp_path / "tplist").symlink_to(TPLIST[0])
    done = subprocess.run([tmp_path / "tplist", "syscalls:sys_enter_rea"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("tplist: error: no tracepoint matches syscalls:sys_enter_rea\n")
    assert "Usage: tplist " in subprocess.run([tmp_path / "tplist", "-h"], capture_output=True, text=True).stdout


def test_its_page_of_the_manual_has_examples_that_it_understands():
    page = tplist("--manual").stdout
    assert page.startswith(".TH TPLIST 8") and ".SH EXAMPLES" in page and "\\-\\-sizes" in page
    assert tplist("-h").stdout.startswith("List what can be probed")
