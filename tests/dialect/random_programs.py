"""Random programs over task_struct: values that /proc or a system call knows, reached by pointers that take detours.

The same seed gives the same programs. Each is a Reading: a sum of values, each read through a chain of members, where
after
each member the pointer may go through a variable, an integer, a helper, a map, a struct, an array, a global or a macro.
"""

import os
import random
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from readings import Known, Reading


@dataclass
class Chain:
    members: list[tuple[str, str]]  # member, type that it points to
    leaf: str
    type: str
    truth: Callable[[Known], int]


def stat(field: int) -> Callable[[Known], int]:
    """A field of /proc/self/stat, counted as its manual does."""
    return lambda _: int(Path("/proc/self/stat").read_text().rpartition(") ")[2].split()[field - 3])


def inode(path: str) -> Callable[[Known], int]:
    return lambda _: os.stat(path).st_ino


def umask(_: Known) -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("Umask:")).split()[1], 8)


SELF, PARENT = ("group_leader", "struct task_struct"), ("real_parent", "struct task_struct")
SIGNAL, MM, CRED = ("signal", "struct signal_struct"), ("mm", "struct mm_struct"), ("cred", "const struct cred")
FILES, FDT = ("files", "struct files_struct"), ("fdt", "struct fdtable")
NSPROXY = ("nsproxy", "struct nsproxy")
CHAINS = [
    Chain([], "tgid", "pid_t", lambda _: os.getpid()),
    Chain([SELF], "tgid", "pid_t", lambda _: os.getpid()),
    Chain([SELF, SELF, SELF], "pid", "pid_t", lambda _: os.getpid()),
    Chain([PARENT], "tgid", "pid_t", lambda _: os.getppid()),
    Chain([SELF, PARENT, SELF], "tgid", "pid_t", lambda _: os.getppid()),
    Chain([], "exit_signal", "int", stat(38)),
    Chain([SELF], "static_prio", "int", lambda _: 120 + os.getpriority(os.PRIO_PROCESS, 0)),
    Chain([CRED], "uid.val", "uid_t", lambda _: os.getuid()),
    Chain([SELF, CRED], "egid.val", "gid_t", lambda _: os.getegid()),
    Chain([SIGNAL], "rlim[RLIMIT_NOFILE].rlim_cur", "u64", lambda _: resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
    Chain([SELF, SIGNAL], "rlim[RLIMIT_CORE].rlim_max", "u64",
          lambda _: resource.getrlimit(resource.RLIMIT_CORE)[1] % 2**64),
    Chain([MM], "start_code", "unsigned long", stat(26)),
    Chain([SELF, MM], "start_stack", "unsigned long", stat(28)),
    Chain([MM], "arg_start", "unsigned long", stat(48)),
    Chain([SELF, MM], "env_end", "unsigned long", stat(51)),
    Chain([MM, ("exe_file", "struct file"), ("f_inode", "struct inode")], "i_ino", "unsigned long",
          inode("/proc/self/exe")),
    Chain([("fs", "struct fs_struct")], "pwd.dentry->d_inode->i_ino", "unsigned long", inode(".")),
    Chain([SELF, ("fs", "struct fs_struct")], "umask", "int", umask),
    Chain([NSPROXY, ("uts_ns", "struct uts_namespace")], "ns.inum", "u32", inode("/proc/self/ns/uts")),
    Chain([SELF, NSPROXY, ("net_ns", "struct net")], "ns.inum", "u32", inode("/proc/self/ns/net")),
    Chain([NSPROXY, ("ipc_ns", "struct ipc_namespace")], "ns.inum", "u32", inode("/proc/self/ns/ipc")),
    Chain([FILES, FDT], "fd[FD]->f_inode->i_ino", "u64", lambda known: known.status.st_ino),
    Chain([FILES, FDT], "fd[FD]->f_path.dentry->d_name.len", "u32",
          lambda known: len(os.path.basename(known.file.name))),
]


# What stands before the program and before the expression, and the expression, which has the value of {pointer}.
DETOURS = [
    ("", "{type}{name} = {pointer};", "{name}"),
    ("", "u64 {name} = (u64){pointer};", "(({type}){name})"),
    ("", "const void *{name} = {pointer};", "(({type}){name})"),
    ("static {type}{name}({type}from) {{ return from; }}", "", "{name}({pointer})"),
    ("static void {name}({type}from, {type}*to) {{ *to = from; }}",
     "{type}{name}_to = 0; {name}({pointer}, &{name}_to);", "{name}_to"),
    ("BPF_HASH({name}, u32, {type});",
     "u32 {name}_key = 1; {type}{name}_in = {pointer}; {name}.update(&{name}_key, &{name}_in); "
     "{type}*{name}_out = {name}.lookup(&{name}_key); if (!{name}_out) return 0;",
     "(*{name}_out)"),
    ("struct {name}_t {{ u64 number; {type}pointer; }};", "struct {name}_t {name} = {{7, {pointer}}};",
     "{name}.pointer"),
    ("", "{type}{name}[2] = {{0, {pointer}}};", "{name}[1]"),
    ("{type}{name};", "{name} = {pointer};", "{name}"),
    ("#define {name}(x) (x)", "", "{name}({pointer})"),
    ("union {name}_t {{ u64 number; {type}pointer; }};", "union {name}_t {name} = {{.number = (u64){pointer}}};",
     "{name}.pointer"),
    ("", "{type}{name} = bpf_get_current_pid_tgid() ? {pointer} : 0;", "{name}"),
    ("", "", "({pointer})"),
    ("", "", "({pointer})"),
]


class Program:
    """The text of one program, while it grows."""

    def __init__(self, name: str, choose: random.Random):
        self.name, self.choose = name, choose
        self.head: list[str] = []
        self.lines: list[str] = []
        self.signs: list[str] = []
        self.names = 0

    def new(self) -> str:
        self.names += 1
        return f"{self.name}_{self.names}"

    def add(self, chain: Chain) -> None:
        pointer = self.detour("task", "struct task_struct")
        for member, target in chain.members:
            pointer = self.detour(self.follow(pointer, member, target), target)
        sign = self.choose.choice(["+=", "^="])
        self.lines.append(f"value {sign} (u64){self.leaf(pointer, chain)};")
        self.signs.append(sign)

    def follow(self, pointer: str, member: str, target: str) -> str:
        match self.choose.randrange(4):
            case 0:
                return f"(*{pointer}).{member}"
            case 1:
                name = self.new()
                self.lines.append(f"{target} *{name} = 0; "
                                  f"bpf_probe_read_kernel(&{name}, sizeof({name}), &{pointer}->{member});")
                return name
            case _:
                return f"{pointer}->{member}"

    def leaf(self, pointer: str, chain: Chain) -> str:
        name = self.new()
        match self.choose.randrange(5):
            case 0:
                return f"(*{pointer}).{chain.leaf}"
            case 1:
                self.lines.append(f"{chain.type} {name} = 0; "
                                  f"bpf_probe_read_kernel(&{name}, sizeof({name}), &{pointer}->{chain.leaf});")
                return name
            case 2:
                return f"*&{pointer}->{chain.leaf}"
            case 3:
                return f"READ_ONCE({pointer}->{chain.leaf})"
            case _:
                return f"{pointer}->{chain.leaf}"

    def detour(self, pointer: str, target: str) -> str:
        """An expression of the same value, after the lines that it needs."""
        words = {"name": self.new(), "type": f"{target} *", "pointer": pointer}
        head, line, expression = (text.format(**words) for text in self.choose.choice(DETOURS))
        self.head += [head] if head else []
        self.lines += [line] if line else []
        return expression


def random_readings(seed: int, count: int) -> list[Reading]:
    choose = random.Random(seed)
    return [random_reading(f"random_{i}", choose) for i in range(count)]


def random_reading(name: str, choose: random.Random) -> Reading:
    program = Program(name, choose)
    chains = [choose.choice(CHAINS) for _ in range(choose.randint(1, 4))]
    for chain in chains:
        program.add(chain)

    def truth(known: Known) -> int:
        value = 0
        for sign, chain in zip(program.signs, chains):
            number = chain.truth(known)
            value = (value + number if sign == "+=" else value ^ number) % 2**64
        return value

    return Reading(name, "\n".join(program.lines), truth, "\n".join(program.head))
