"""Every script of Debian's bpfcc-tools: how it is started, on which workload, and what its output must show."""

import os
import subprocess
from dataclasses import dataclass, replace

from compat.shows import Most, Rows, Sum, histogram

ME = "compat-load"
EXT4 = "{COMPAT_DIR}/ext4"


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
    modules: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (0,)
    patience_s: float = 6
    load_limit_s: float = 60
    end_limit_s: float = 30
    path: str = ""

    @property
    def command(self) -> list[str]:
        """Examples name a Python that Debian has not got."""
        return [self.path] if self.path else ["/usr/bin/python3", f"{FOLDER}/{self.name}"]

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


OPENED = Rows(f"{ME} .*compat-open-[0-9]+$", 23)
# Python 3.11 never comes by its probe function__entry, nor Ruby 3.1 by method__entry; ugc describes no collection of Python's.
# btrfs reads past the function that the scripts probe.
COLLECTED = Rows(r"^\d+\.\d+ +\d+\.\d+ ", 7)
CALLED = "processes.py calls"
OPENS = "files.py opens"
CONNECTS = "network.py connects"
IO = "files.py io " + EXT4
READS = "disk.py reads"

TABLE = [
    script("argdist", ("-p", "{pid}", "-c", "-C", "p:c:getpriority(int which):int:which"), CALLED,
           Rows(r"\b23\s+which = 0")),
    script("argdist", ("-p", "{pid}", "-c", "-H", "r::vfs_open(struct path *p, struct file *f):int:$latency"), OPENS,
           histogram(23),
           variant="latency"),
    script("argdist", ("-p", "{pid}", "-c", "-C", "t:syscalls:sys_enter_getpriority():int:args->which"), CALLED,
           Rows(r"\b23\s+args->which = 0"), variant="tracepoint"),
    script("bashreadline", "", "terminal.py bash", Rows(r" echo compat-[0-9]$", 3), header="COMMAND"),
    script("bindsnoop", "", "network.py binds", Rows(f"{ME} .*127.0.0.1", 7), header="COMM"),
    script("biolatency", "", READS, histogram(40), at_end=True, header="Tracing"),
    script("biolatency", "-D", READS, histogram(40), Rows("disk = .*vda"), at_end=True, variant="disks",
           header="Tracing"),
    script("biolatency", "-F", READS, histogram(40), Rows("flags = .*Read"), at_end=True, variant="flags",
           header="Tracing"),
    script("biolatpcts", "-i 1 {DISK}", READS, Rows(r"^read +[0-9.]+"), header="vda"),
    script("biopattern", "1", READS, Rows(r"\bvda "), header="%RND"),
    script("biosnoop", "", READS, Rows(rf"{ME} .*vda +R ", 40), header="COMM"),
    script("biosnoop", "-Q", READS, Rows(rf"{ME} .*vda +R ", 40), header="QUE", variant="queue"),
    script("biotop", "-C 1", READS, Sum(rf"{ME} +R .* vda +(\d+)", 40, exact=True), header="COMM"),
    script("bitesize", "", READS, Rows(f"Process Name = .*{ME}"), histogram(40), at_end=True),
    script("bpflist", "", "processes.py holds_map", Rows(f"{ME} +map +1"), header="TYPE", attaches_nothing=True),
    script("btrfsdist", "", "files.py io {COMPAT_DIR}/btrfs", Rows("operation = .*write"), histogram(12), at_end=True,
           modules=("btrfs", "loop"),
           header="Tracing"),
    script("btrfsslower", "0", "files.py io {COMPAT_DIR}/btrfs", Rows(f"{ME} .* W .*compat-io", 12),
           modules=("btrfs", "loop"), header="FILENAME"),
    script("cachestat", "1", IO, Rows(r"^ +\d+ +\d+ +\d+"), header="HITS"),
    script("cachetop", "1", IO, Rows(ME), terminal=True, header="HITS"),
    script("capable", "", "processes.py chroots", Rows(f"{ME} .*CAP_SYS_CHROOT", 5), header="COMM"),
    script("cobjnew", "{pid}", "memory.py leaks", Rows(r"4096 +10 +40960"), at_end=True, header="Tracing"),
    script("compactsnoop", "", "memory.py presses", Rows(r"(success|partial|complete|skipped|deferred)"), header="COMM",
           load_limit_s=40),
    script("cpudist", "", "processes.py sleeps", histogram(20), at_end=True, header="Tracing"),
    script("cpudist", "-O -p {pid}", "processes.py sleeps", histogram(19), at_end=True, header="Tracing",
           variant="off"),
    script("cpuunclaimed", "1 2", "processes.py spins", Rows(r"%CPU"), header="Sampling"),
    script("criticalstat", "", ""),
    script("dbslower", "postgres -m 0", "postgres.py", Rows(r"compat_query", 5), header="QUERY", load_limit_s=120),
    script("dbstat", "postgres", "postgres.py", histogram(5), at_end=True, header="Tracing", load_limit_s=120),
    script("dcsnoop", "", "files.py missing", Rows(f"{ME} +M compat-missing-[0-9]$", 6), header="FILE"),
    script("dcsnoop", "-a", "files.py missing", Rows(f"{ME} .*compat-missing-[0-9]$"), header="FILE", variant="all"),
    script("dcstat", "1", "files.py missing", Rows(r"^\d\d:\d\d:\d\d: +\d+"), header="REFS"),
    script("deadlock", "--binary /lib/x86_64-linux-gnu/libc.so.6 {pid}", "deadlock.c",
           Rows("Potential Deadlock Detected"), statuses=(0, 1)),
    script("dirtop", "-C -d {COMPAT_DIR}/ext4 1", IO, Rows(r"^\d+ +12 +\d+ +768 +.*ext4"), header="PATH"),
    script("drsnoop", "", "memory.py presses", Rows(f"{ME}|python|kswapd|compat"), header="COMM", load_limit_s=40),
    script("execsnoop", "", "processes.py execs", Rows(r"^true .*/true compat", 17), header="PCOMM"),
    script("execsnoop", "-T -U", "processes.py execs", Rows(r"true .*/true compat", 17), header="UID", variant="uid"),
    script("exitsnoop", "", "processes.py execs", Rows(r"^true .* 0$", 17), header="EXIT_CODE"),
    script("ext4dist", "", IO, Rows("operation = .*fsync"), histogram(25), at_end=True, header="Tracing"),
    script("ext4slower", "0", IO, Rows(f"{ME} .* W .*compat-io", 12), Rows(f"{ME} .* R .*compat-io", 12),
           Rows(f"{ME} .* S .*compat-io", 1), header="FILENAME"),
    script("filegone", "", "files.py deletes", Rows(f"{ME} +DELETE compat-file-[0-9]$", 9),
           Rows(f"{ME} +RENAME compat-old > compat-new", 1),
           header="ACTION"),
    script("filelife", "", "files.py deletes", Rows(rf"{ME} .*compat-file-[0-9]$", 9), header="AGE"),
    script("fileslower", "0", IO, Rows(f"{ME} .* W .*compat-io", 12), Rows(f"{ME} .* R .*compat-io", 12),
           header="FILENAME"),
    script("filetop", "-C 1", IO, Rows(rf"{ME} +12 +12 .*compat-io"), header="FILE"),
    script("funccount", "-p {pid} c:getpriority", CALLED, Rows(r"getpriority +23$"), at_end=True, header="Tracing"),
    script("funccount", "-p {pid} vfs_open", OPENS, Rows(r"vfs_open +23$"), at_end=True, header="Tracing",
           variant="kernel"),
    script("funccount", "-p {pid} t:syscalls:sys_enter_getpriority", CALLED, Rows(r"getpriority +23$"), at_end=True,
           header="Tracing",
           variant="tracepoint"),
    script("funccount", "vfs_*", OPENS, Most(r"vfs_open +(\d+)$", 23), at_end=True, header="Tracing",
           variant="pattern"),
    script("funccount", "-r ^vfs_(read|open)$ -i 1", OPENS, Most(r"vfs_open +(\d+)$", 23), header="Tracing",
           variant="expression"),
    script("funcinterval", "-p {pid} vfs_open", OPENS, histogram(22), at_end=True, header="Tracing"),
    script("funclatency", "-p {pid} c:getpriority", CALLED, histogram(23, exact=True), at_end=True, header="Tracing"),
    script("funclatency", "-u -p {pid} vfs_open", OPENS, histogram(23, exact=True), at_end=True, header="Tracing",
           variant="kernel"),
    script("funcslower", "-u 0.001 -p {pid} vfs_open", OPENS, Rows(rf"{ME} .* vfs_open", 23), header="COMM"),
    script("funcslower", "-u 0.001 -a 2 -p {pid} c:getpriority", CALLED, Rows(rf"{ME} .*getpriority", 23),
           header="ARGS", variant="user"),
    script("gethostlatency", "", "network.py looks_up", Rows(f"{ME} .*compat-host-[0-9]$", 4), header="HOST"),
    script("hardirqs", "", READS, Rows(r"virtio[0-9]+\S* +\d+"), at_end=True, header="Tracing"),
    script("hardirqs", "-d", READS, histogram(1), at_end=True, header="Tracing", variant="histogram"),
    script("inject", ("kmalloc", "-v", "should_failslab()"), "", attaches_nothing=True),
    script("javacalls", "-l java {pid}", "Target.java", Rows(r"Target.step +41"), at_end=True),
    script("javaflow", "-M step {pid}", "Target.java", Rows("Target.step")),
    script("javagc", "{pid}", "Target.java", Rows(r"^\d+\.\d+ +\d+\.\d+ ")),
    script("javaobjnew", "{pid}", "Target.java", Most(r"Target'? +(\d+)", 41), at_end=True),
    script("javastat", "-C 1", "Target.java", Rows(r"^\d+ .*java")),
    script("javathreads", "{pid}", "Target.java", Rows("compat-thread")),
    script("killsnoop", "", "processes.py kills", Rows(f"{ME} +10 ", 6), header="COMM"),
    script("klockstat", "-i 2", IO, Rows(r"^ +\S+ +\d+ +\d+ +\d+ +\d+"), header="Tracing"),
    script("kvmexit", "", "", modules=("kvm",)),
    script("llcstat", "1", "processes.py spins", Rows("Total References")),
    script("mdflush", "", "disk.py flushes_md", Rows(f"md"), modules=("md_mod", "raid1", "loop"), header="DEVICE"),
    script("memleak", "-p {pid} -o 0 1", "memory.py leaks", Rows("40960 bytes in 10 allocations"), header="Attaching"),
    script("memleak", "-p {pid} -o 0 -a 1", "memory.py leaks", Rows(r"addr = [0-9a-f]+ size = 4096"),
           header="Attaching", variant="addresses"),
    script("memleak", "-o 0 2", IO, Rows("bytes in .* allocations"), header="Attaching", variant="kernel",
           patience_s=10),
    script("mountsnoop", "", "files.py mounts", Rows(rf"{ME} .* mount\(.*tmpfs", 3), Rows(rf"{ME} .* umount2?\(", 3),
           header="CALL"),
    script("mysqld_qslower", "{pid}", CALLED),
    script("netqtop", "-n lo -i 1", CONNECTS, Rows(r"Total +[1-9]"), header="TX"),
    script("nfsdist", "", "", modules=("nfs", "nfsv4"), header="Tracing"),
    script("nfsslower", "0", "", modules=("nfs", "nfsv4"), header="FILENAME"),
    script("nodegc", "{pid}", "target.js", Rows("GC")),
    script("nodestat", "-C 1", "target.js", Rows("node")),
    script("offcputime", "-f -p {pid}", "processes.py sleeps", Rows(rf"{ME};.* \d+$"), at_end=True),
    script("offcputime", "-p {pid}", "processes.py sleeps", Rows("nanosleep"), at_end=True, header="Tracing",
           variant="stacks"),
    script("offwaketime", "-f -p {pid}", "processes.py sleeps", Rows(rf"{ME};.* \d+$"), at_end=True),
    script("oomkill", "", "memory.py runs_out", Rows(rf'OOM kill of PID \d+ \("{ME}"\)', 1), header="Tracing"),
    script("opensnoop", "", OPENS, OPENED, header="PATH"),
    script("opensnoop", "-T -U -n compat", OPENS, OPENED, header="UID", variant="columns"),
    script("opensnoop", "-x", "files.py missing", Rows(rf"{ME} +-1 +2 .*compat-missing", 6), header="ERR",
           variant="failed"),
    script("opensnoop", "-F", OPENS, Rows(rf"{ME} .*/compat-open-[0-9]+$", 23), header="PATH", variant="full path"),
    script("perlcalls", "{pid}", "target.pl", Rows("step +41"), at_end=True),
    script("perlflow", "{pid}", "target.pl", Rows("step")),
    script("perlstat", "-C 1", "target.pl", Rows("perl")),
    script("phpcalls", "{pid}", "target.php", Rows("step +41"), at_end=True, header="Tracing"),
    script("phpflow", "{pid}", "target.php", Rows(r"-> \S*step", 41), header="METHOD"),
    script("phpstat", "-C 1", "target.php", Rows(r"^\d+ .*php")),
    script("pidpersec", "", "processes.py execs", Sum(r"PIDs/sec: (\d+)", 17), header="Tracing"),
    script("ppchcalls", "", ""),
    script("profile", "-F 99 -f -p {pid}", "processes.py spins", Rows(rf"{ME};.* \d+$"), at_end=True),
    script("profile", "-F 99 -p {pid}", "processes.py spins", Rows(ME), at_end=True, header="Sampling",
           variant="stacks"),
    script("pythoncalls", "-S {pid}", "target.py", Rows(r"^METHOD +# CALLS"), Rows(r"write .* +[1-9]"), at_end=True,
           header="Tracing"),
    script("pythonflow", "-M step {pid}", "target.py", Rows(r"<- .*target.py\.step", 41), header="METHOD"),
    script("pythongc", "{pid}", "target.py", COLLECTED, header="DESCRIPTION"),
    script("pythonstat", "-C 1", "target.py", Rows(r"^\d+ .*python.* [1-9]")),
    script("readahead", "", "files.py io " + EXT4, Rows("Read-ahead unused pages: "), at_end=True, header="Tracing"),
    script("reset-trace", "-v", "", Rows("Checking .*events"), attaches_nothing=True),
    script("rubycalls", "-S {pid}", "target.rb", Rows(r"^METHOD +# CALLS"), Rows(r"write .* +[1-9]"), at_end=True,
           header="Tracing"),
    script("rubyflow", "-M times {pid}", "target.rb", Rows(r"-> .*times"), header="METHOD"),
    script("rubygc", "{pid}", "target.rb", Rows("GC mark stage"), header="DESCRIPTION"),
    script("rubyobjnew", "{pid}", "target.rb", Most(r"Target'? +(\d+)", 41), at_end=True, header="Tracing"),
    script("rubystat", "-C 1", "target.rb", Rows(r"^\d+ .*ruby")),
    script("runqlat", "", "processes.py sleeps", histogram(20), at_end=True, header="Tracing"),
    script("runqlat", "-P", "processes.py sleeps", histogram(20), at_end=True, header="Tracing", variant="processes"),
    script("runqlen", "", "processes.py spins", Rows(r"^ +\d+ +: \d+"), at_end=True, header="Sampling"),
    script("runqslower", "0", "processes.py sleeps", Rows(ME), header="COMM"),
    script("shmsnoop", "", "memory.py shares", Rows(f"{ME} +(SHMGET|SHMAT|SHMDT|SHMCTL)", 4), header="ARGs"),
    script("slabratetop", "-C 1", OPENS, Rows(r"^\S+ +\d+ +\d+$"), header="ALLOCS"),
    script("sofdsnoop", "", "network.py passes_files", Rows(f"(SEND|RECV) .*{ME}", 10), header="COMM"),
    script("softirqs", "", READS, Rows(r"^timer +\d+"), at_end=True, header="Tracing"),
    script("softirqs", "-d", READS, histogram(1), at_end=True, header="Tracing", variant="histogram"),
    script("solisten", "", "network.py listens", Rows(f"{ME} .*TCPv4 .*127.0.0.1", 3), header="COMM"),
    script("sslsniff", "", "tls.py", Rows("compat-secret"), header="COMM"),
    script("stackcount", "-p {pid} c:getpriority", CALLED, Rows(r"^ +23$"), at_end=True, header="Tracing"),
    script("stackcount", "-p {pid} vfs_open", OPENS, Rows(r"\bdo_sys_openat2|path_openat"),
           Sum(r"^ +(\d+)$", 23, exact=True), at_end=True,
           header="Tracing", variant="kernel"),
    script("statsnoop", "", "files.py stats", Rows(rf"{ME} +-1 +2", 6), header="PATH"),
    script("syncsnoop", "", "files.py syncs", Rows(r"sync\(\)", 3), header="CALL"),
    script("syscount", "-p {pid} -i 1", CALLED, Rows(r"getpriority +23$"), header="Tracing"),
    script("syscount", "-L -P", CALLED, Rows(ME), at_end=True, header="Tracing", variant="latency"),
    script("tclcalls", "{pid}", "target.tcl", Rows("step +41"), at_end=True),
    script("tclflow", "{pid}", "target.tcl", Rows("step")),
    script("tclobjnew", "{pid}", "target.tcl", Rows("alloc"), at_end=True),
    script("tclstat", "-C 1", "target.tcl", Rows("tcl")),
    script("tcpaccept", "", CONNECTS, Rows(rf"{ME} .*127.0.0.1 +\d+ +127.0.0.1 +12321", 8), header="RADDR"),
    script("tcpcong", "", CONNECTS, Rows(r"^LAddrPort"), at_end=True, header="Tracing"),
    script("tcpconnect", "", CONNECTS, Rows(rf"{ME} .*127.0.0.1 +127.0.0.1 +12321", 8), header="DADDR"),
    script("tcpconnect", "-c", CONNECTS, Rows(r"127.0.0.1 +127.0.0.1 +12321 +8"), at_end=True, header="Tracing",
           variant="count"),
    script("tcpconnlat", "", CONNECTS, Rows(rf"{ME} .*127.0.0.1 +127.0.0.1 +12321", 8), header="DADDR"),
    script("tcpdrop", "", "network.py drops", Rows(r"127.0.0.1:12399"), header="SADDR"),
    script("tcplife", "", CONNECTS, Rows(r"127.0.0.1 +12321 +127.0.0.1 +\d+ ", 8),
           Rows(r"127.0.0.1 +\d+ +127.0.0.1 +12321 ", 8), header="LADDR"),
    script("tcpretrans", "", "network.py retransmits", Rows(r"127.0.0.1:12322 +SYN_SENT"), header="RADDR",
           load_limit_s=30),
    script("tcprtt", "", CONNECTS, histogram(8), at_end=True, header="Tracing"),
    script("tcpstates", "", CONNECTS, Rows(rf"12321 +SYN_SENT +-> ESTABLISHED", 8), Rows("CLOSE +-> SYN_SENT", 8),
           header="OLDSTATE"),
    script("tcpsubnet", "127.0.0.0/8", CONNECTS, Sum(r"^127.0.0.0/8 +(\d+)", 80000), header="Tracing"),
    script("tcpsynbl", "", CONNECTS, Rows(r"backlog_max"), at_end=True, header="Tracing"),
    script("tcptop", "-C 1", CONNECTS, Rows(rf"{ME} .*127.0.0.1:12321"), header="LADDR"),
    script("tcptracer", "", CONNECTS, Rows(rf"^C .*{ME} .* 12321", 8), Rows(rf"^A .*{ME} .*12321 ", 8), header="SADDR"),
    script("threadsnoop", "", "processes.py threads", Rows(ME, 5), header="FUNC"),
    script("tplist", "-l /usr/bin/python3.11", "", Rows("function__entry"), attaches_nothing=True),
    script("tplist", "syscalls:sys_enter_open*", "", Rows("syscalls:sys_enter_openat$", 1), attaches_nothing=True,
           variant="tracepoints"),
    script("tplist", "-p {pid}", "target.py", Rows("python:function__entry"), attaches_nothing=True, variant="process"),
    script("trace", ("-p", "{pid}", 'do_sys_openat2 "%s", arg2@user'), OPENS, OPENED, header="COMM"),
    script("trace", ("-p", "{pid}", 'c:getpriority "which %d", arg1'), CALLED, Rows("which 0", 23), header="COMM",
           variant="user"),
    script("trace", ("-p", "{pid}", 'r:c:getpriority "got %d", retval'), CALLED, Rows("got 0", 23), header="COMM",
           variant="return"),
    script("trace", ("-p", "{pid}", 't:syscalls:sys_enter_getpriority "which %d", args->which'), CALLED,
           Rows("which 0", 23), header="COMM",
           variant="tracepoint"),
    script("trace", ("-p", "{pid}", 'u:/usr/bin/python3.11:gc__start "gen %d", arg1'), "target.py", Rows(r"gen \d", 7),
           header="COMM",
           variant="usdt"),
    script("trace",
           ("-K", "-U", "-p", "{pid}",
            "vfs_open(struct path *path, struct file *file) \"%s\", path->dentry->d_name.name"), OPENS,
           Rows("compat-open-[0-9]+$", 23), Rows("do_sys_openat2|do_sys_open"), header="COMM", variant="stacks"),
    script("ttysnoop", "-C {tty}", "terminal.py writes", Rows("compat-tty-hello")),
    script("ucalls", "-S -l none {pid}", CALLED, Rows(r"getpriority +23"), at_end=True, header="Tracing"),
    script("ucalls", "-L -l php {pid}", "target.php", Rows(r"step +41"), at_end=True, header="Tracing",
           variant="latency"),
    script("uflow", "-l python -M step {pid}", "target.py", Rows(r"<- .*target.py\.step", 41), header="METHOD"),
    script("ugc", "-l python {pid}", "target.py", COLLECTED, header="DESCRIPTION"),
    script("uobjnew", "-l c {pid}", "memory.py leaks", Rows(r"4096 +10 +40960"), at_end=True, header="Tracing"),
    script("ustat", "-C 1", "target.py", Rows(r"^\d+ .*python.* [1-9]")),
    script("uthreads", "-l none {pid}", "processes.py threads", Rows("pthread", 5), header="DESCRIPTION"),
    script("vfscount", "", OPENS, Most(r"vfs_open'? +(\d+)$", 23), at_end=True, header="Tracing"),
    script("vfsstat", "1", OPENS, Rows(r"^\d\d:\d\d:\d\d: +\d+"), header="READ/s"),
    script("virtiostat", "1", READS, Rows(r"virtio_blk\W+virtio\d+\W+req.* 80 +40 +163880 +640$"), header="Driver"),
    script("wakeuptime", "-f -p {pid}", "processes.py sleeps", Rows(rf"{ME}.* \d+$"), at_end=True),
    script("xfsdist", "", "files.py io {COMPAT_DIR}/xfs", Rows("operation = .*write"), histogram(24), at_end=True,
           modules=("xfs", "loop"),
           header="Tracing"),
    script("xfsslower", "0", "files.py io {COMPAT_DIR}/xfs", Rows(f"{ME} .* W .*compat-io", 12),
           Rows(f"{ME} .* R .*compat-io", 12),
           modules=("xfs", "loop"), header="FILENAME"),
    script("zfsdist", "", "", header="Tracing"),
    script("zfsslower", "", "", header="FILENAME"),
]

FOLDER = "/usr/share/doc/bpfcc-tools/examples"
FORKS = "processes.py forks"
UNTIDY = {"statuses": (0, 1, -2)}  # examples do not care how Ctrl-C looks


def example(name: str, args: str, load: str, *shows, **more) -> Script:
    return script(name, args, load, *shows, **UNTIDY, **more)


EXAMPLES = [
    example("hello_world.py", "", FORKS, Rows(f"{ME}-.*Hello, World!", 5)),
    example("tracing/bitehist.py", "", READS, histogram(40), at_end=True, header="Tracing"),
    example("tracing/dddos.py", "", CONNECTS, header="MESSAGE", at_end=True),
    example("tracing/disksnoop.py", "", READS, Rows(r"R +4096 ", 40), header="BYTES"),
    example("tracing/hello_fields.py", "", FORKS, Rows(f"{ME} .*Hello, World!", 5), header="MESSAGE"),
    example("tracing/hello_perf_output.py", "", FORKS, Rows(f"{ME} .*Hello, perf_output!", 5), header="MESSAGE"),
    example("tracing/hello_perf_output_using_ns.py", "", FORKS, header="MESSAGE", at_end=True),
    example("tracing/mallocstacks.py", "{pid}", "memory.py leaks", Rows("40960 bytes allocated at:", 1), at_end=True,
            header="Attaching"),
    example("tracing/nflatency.py", "-d 3", CONNECTS, attaches_nothing=True),
    example("tracing/stack_buildid_example.py", "", "processes.py spins", attaches_nothing=True, at_end=True),
    example("tracing/stacksnoop.py", "-p {pid} vfs_open", OPENS, Rows("vfs_open$", 23), header="FUNCTION"),
    example("tracing/strlen_count.py", "", "processes.py execs", header="Tracing", at_end=True),
    example("tracing/strlen_hist.py", "", "processes.py execs", histogram(1)),
    example("tracing/strlen_snoop.py", "{pid}", "processes.py execs", header="STRLEN", at_end=True),
    example("tracing/sync_timing.py", "", "files.py syncs", Rows("Multiple syncs detected", 2), header="Tracing"),
    example("tracing/task_switch.py", "", "processes.py sleeps", Rows(r"task_switch\[ *\d+-> *\d+\]=\d+")),
    example("tracing/tcpv4connect.py", "", CONNECTS, Rows(rf"{ME} +127.0.0.1 +127.0.0.1 +12321", 8), header="DADDR"),
    example("tracing/trace_fields.py", "", FORKS, Rows("Hello, World!", 5), header="MESSAGE"),
    example("tracing/trace_perf_output.py", "", FORKS, Rows(": 12345678", 5), header="Tracing"),
    example("tracing/undump.py", "", "network.py passes_files", Rows("Recv"), header="Tracing"),
    example("tracing/urandomread.py", "", "", header="GOTBITS", at_end=True),
    example("tracing/urandomread-explicit.py", "", "", header="GOTBITS", at_end=True),
    example("tracing/vfsreadlat.py", "1", IO, histogram(12), header="Tracing"),
]

# For ./test: by their keys, in seconds each; one or more of every kind of hook, table and output.
QUICK = frozenset("""
argdist bashreadline bindsnoop capable cachetop dcsnoop deadlock execsnoop exitsnoop ext4dist ext4slower filelife filetop
funccount funclatency gethostlatency hardirqs killsnoop memleak mountsnoop offcputime oomkill opensnoop profile pythongc
runqlat shmsnoop solisten stackcount syncsnoop syscount tcpconnect tcpconnlat tcplife tcpretrans tcprtt tcpstates tcptracer tplist trace vfsstat """.split())


def known() -> dict[str, Script]:
    """The table by its keys."""
    return {one.key: one for one in TABLE + EXAMPLES}


def installed() -> dict[str, str]:
    """Names and paths of the package's programs: what a newer version adds is there, too."""
    listed = subprocess.run(["dpkg", "-L", "bpfcc-tools"], capture_output=True, text=True, check=True).stdout.split()
    paths = [path for path in listed if "/sbin/" in path or "/bin/" in path]
    return {path.rpartition("/")[2].removesuffix("-bpfcc"): path for path in paths}


def all_scripts() -> list[Script]:
    paths = installed()
    known = {one.name for one in TABLE}
    strangers = [script(name, variant="not in the table") for name in paths if name not in known]
    examples = [one for one in EXAMPLES if os.path.exists(f"{FOLDER}/{one.name}")]
    return [replace(one, path=paths[one.name]) for one in TABLE + strangers if one.name in paths] + examples


def chosen(names: list[str]) -> list[Script]:
    """All, or those named, by name or by name and variant."""
    return [one for one in all_scripts() if not names or one.name in names or one.key in names]


def load_modules(script: Script) -> None:
    """Those that the kernel has not got stay away."""
    for module in script.modules:
        subprocess.run(["modprobe", "-q", module], check=False)
