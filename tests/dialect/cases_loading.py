"""Loading the accepted cases into the running kernel: every program, with the type that its name or the case says."""

from bcc import _core

KINDS = {
    "socket_filter": 1, "kprobe": 2, "kretprobe": 2, "uprobe": 2, "uretprobe": 2, "ksyscall": 2, "none": 2, "tc": 3,
    "tracepoint": 5, "xdp": 6, "perf_event": 7, "cgroup_skb": 8, "raw_tracepoint": 17, "tp_btf": 26, "fentry": 26,
    "fexit": 26, "fmod_ret": 26, "iter": 26, "lsm": 29, "netfilter": 32,
}
FILE_NAME = "/virtual/main.c"


def compile_here(case):
    """For this very kernel, by the compiler child, as BPF(text=…) does."""
    return _core.compile(case.path.read_bytes(), str(case.path), flags_of(case), 0)


def flags_of(case):
    folder = case.path.parent
    return [f"-I{(folder / flag[2:]).resolve()}" if flag.startswith("-I") else flag for flag in case.cflags]


def load(case, compiled) -> list[str]:
    """The names of the programs that the kernel took; raises what it says of one that it did not."""
    told = dict(line.split() for line in case.all("load"))
    session = _core.Session(compiled, 0, None)
    try:
        programs = session.programs()
        for name, kind, *_ in programs:
            session.load_program(name, KINDS[told.get(name) or kind or "none"], -1)
        return [name for name, *_ in programs]
    finally:
        session.close()


def needs_of(case) -> list[str]:
    return [feature for line in case.all("needs") for feature in line.split()]
