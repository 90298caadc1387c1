"""One script of Debian's bpfcc-tools and how it is run: the row of the tables in scripts.py and examples.py."""

import os
from dataclasses import dataclass

FOLDER = "/usr/share/doc/bpfcc-tools/examples"
ME = "compat-load"
EXT4 = "{COMPAT_DIR}/ext4"

# Workloads of many.
CALLED = "processes.py calls"
OPENS = "files.py opens"
CONNECTS = "network.py connects"
IO = "files.py io " + EXT4
READS = "disk.py reads"

# For ./test: by their keys, in seconds each; one or more of every kind of hook, table and output.
QUICK = frozenset("""
argdist bashreadline bindsnoop capable cachetop dcsnoop deadlock execsnoop exitsnoop ext4dist ext4slower filelife
filetop funccount funclatency gethostlatency hardirqs killsnoop memleak mountsnoop offcputime oomkill
opensnoop profile pythongc
runqlat shmsnoop solisten stackcount syncsnoop syscount tcpconnect tcpconnlat tcplife tcpretrans tcprtt tcpstates
tcptracer tplist trace vfsstat
""".split())


@dataclass(frozen=True)
class Script:
    """A name is the file's without -bpfcc; words in braces are facts of the workload or of the environment."""
    name: str
    args: tuple[str, ...] = ()
    load: str = ""
    shows: tuple = ()
    variant: str = ""
    header: str = ""              # what a line of its output must contain; empty: any line will do
    at_end: bool = False          # it prints what is looked for when it is ended
    terminal: bool = False        # it draws on a terminal
    attaches_nothing: bool = False
    own_network: bool = False     # it and its workload have a network namespace of their own
    namespace: str = ""           # the network namespace of its workload's making in which it runs
    in_copy: bool = False         # it runs in a copy of its folder, whose files it names
    typed: str = ""               # what it is told on its standard input when the workload is done
    result_file: str = ""         # its output goes there, too
    modules: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (0,)
    patience_s: float = 20        # reading the names of the kernel alone takes an emulated machine four seconds
    load_limit_s: float = 60
    end_limit_s: float = 30
    path: str = ""

    @property
    def command(self) -> list[str]:
        """Examples name a Python that Debian has not got."""
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        if self.in_copy:
            return inside + ["/usr/bin/python3", os.path.basename(self.name)]
        return inside + ([self.path] if self.path else ["/usr/bin/python3", f"{FOLDER}/{self.name}"])

    @property
    def folder(self) -> str:
        """Of an example."""
        return os.path.dirname(f"{FOLDER}/{self.name}")

    @property
    def key(self) -> str:
        return f"{self.name} {self.variant}".strip()

    @property
    def quick(self) -> bool:
        """Belongs into ./test."""
        return self.key in QUICK

    def is_header(self, line: str) -> bool:
        return self.header in line if self.header else bool(line.strip())


def script(name: str, args: str | tuple = (), load: str = "", *shows, **more) -> Script:
    if name == "trace":
        more.setdefault("statuses", (0, 1))  # 1 is how it says Ctrl-C
    return Script(name, tuple(args.split()) if isinstance(args, str) else args, load, shows, **more)
