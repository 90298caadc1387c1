"""Why a script cannot work in a guest, with whichever Python package; each reason is checked where the script runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from compat.script import Script


@dataclass(frozen=True)
class Reason:
    text: str
    holds: Callable[[], bool]


@cache
def functions() -> frozenset[str]:
    """The kernel's functions that can be traced, modules' too."""
    with open("/sys/kernel/tracing/available_filter_functions") as file:
        return frozenset(line.split()[0] for line in file)


def no_function(*names: str) -> Reason:
    return Reason(f"this kernel has no traceable function {' or '.join(names)}, which it probes",
                  lambda: not functions() & set(names))


def no_tracepoint(name: str, why: str) -> Reason:
    return Reason(f"this kernel has no tracepoint {name}: {why}",
                  lambda: not os.path.exists(f"/sys/kernel/tracing/events/{name}"))


def no_probes(path: str, what: str) -> Reason:
    return Reason(f"Debian builds {what} without USDT probes", lambda: "stapsdt" not in notes(path))


def no_program(name: str) -> Reason:
    return Reason(f"{name} is not in Debian, or not here",
                  lambda: subprocess.run(["which", name], capture_output=True).returncode != 0)


def no_module(name: str) -> Reason:
    return Reason(f"Debian's kernel has no module {name}",
                  lambda: subprocess.run(["modprobe", "-qn", name]).returncode != 0)


def no_file(path: str, why: str) -> Reason:
    return Reason(why, lambda: not os.path.exists(path))


def no_field(record: str, field: str, scripts_way: str) -> Reason:
    """A name that no type of this kernel has is not in the strings of its BTF."""
    return Reason(f"this kernel's {record} has no {field}, by which the script tells {scripts_way}",
                  lambda: field.encode() not in btf())


@cache
def btf() -> bytes:
    with open("/sys/kernel/btf/vmlinux", "rb") as file:
        return file.read()


def since(major: int, minor: int, what: str) -> Reason:
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    return Reason(f"since Linux {major}.{minor} {what}", lambda: release >= (major, minor))


def notes(path: str) -> str:
    return subprocess.run(["readelf", "-nW", os.path.realpath(path)], capture_output=True, text=True).stdout


LIBC, PERL, TCL, NODE = ("/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/perl", "/usr/lib/x86_64-linux-gnu/libtcl8.6.so",
                         "/usr/bin/node")

DONE, START = no_function("blk_account_io_done", "__blk_account_io_done"), no_function("blk_account_io_start",
                                                                                       "__blk_account_io_start")
RANDOM = no_tracepoint("random/urandom_read", "it went with Linux 5.18")
UNLINK = no_field("struct renamedata", "old_mnt_userns", "what vfs_unlink's parameters are")

REASONS = {
    "biolatency": DONE, "biosnoop": START, "biotop": START,
    "filegone": UNLINK, "filelife": UNLINK,
    "slabratetop": no_function("kmem_cache_alloc"),
    "readahead": no_function("do_page_cache_ra", "__do_page_cache_readahead"),
    "compactsnoop": since(6, 0, "the tracepoint mm_compaction_begin has fewer arguments than the script reads"),
    "cpuunclaimed": Reason("an emulated processor's timers come at uneven times, which the script refuses",
                           lambda: "SONDE_IN_GUEST" in os.environ),
    "criticalstat": no_tracepoint("preemptirq", "Debian's is built without CONFIG_PREEMPTIRQ_TRACEPOINTS"),
    "inject": no_file("/sys/kernel/debug/error_injection",
                      "Debian's kernel is built without CONFIG_FUNCTION_ERROR_INJECTION"),
    "kvmexit": no_file("/dev/kvm", "the guest is no host of guests: it has no Intel processor with VMX"),
    "llcstat": no_file("/sys/bus/event_source/devices/cpu/events/cache-misses",
                       "the emulated processor counts no cache misses"),
    "mysqld_qslower": no_program("mysqld"),
    "nfsdist": no_program("rpc.nfsd"), "nfsslower": no_program("rpc.nfsd"),
    "nodegc": no_probes(NODE, "Node"), "nodestat": no_probes(NODE, "Node"),
    "perlcalls": no_probes(PERL, "Perl"), "perlflow": no_probes(PERL, "Perl"), "perlstat": no_probes(PERL, "Perl"),
    "tclcalls": no_probes(TCL, "Tcl"), "tclflow": no_probes(TCL, "Tcl"), "tclobjnew": no_probes(TCL, "Tcl"),
    "tclstat": no_probes(TCL, "Tcl"),
    "tracing/bitehist.py": DONE, "tracing/disksnoop.py": DONE,
    "tracing/urandomread.py": RANDOM, "tracing/urandomread-explicit.py": RANDOM,
    "tcptop": no_function("tcp_sendpage"),
    "tcpaccept": since(6, 9, "struct sock is laid out otherwise than the script's guess of where sk_protocol is"),
    "networking/distributed_bridge/main.py": Reason("it looks for its hosts' bridges before slow hosts have made them",
                                                    lambda: "SONDE_IN_GUEST" in os.environ),
    "networking/net_monitor.py": Reason("it takes its keys out of the text that they had in Python 2",
                                        lambda: sys.version_info >= (3,)),
    "ppchcalls": no_tracepoint("powerpc", "it is about POWER's hypervisor"),
    "uthreads": no_probes(LIBC, "libc"), "javathreads": no_probes(LIBC, "libc"),
    "tracing/mysqld_query.py": no_program("mysqld"), "tracing/nodejs_http_server.py": no_probes(NODE, "Node"),
    "zfsdist": no_module("zfs"), "zfsslower": no_module("zfs"),
}


def reason_of(script: Script) -> Reason | None:
    return REASONS.get(script.key) or REASONS.get(script.name)


def excused(script: Script) -> bool:
    """Whether there is a reason, and it holds in this guest."""
    reason = reason_of(script)
    return reason is not None and reason.holds()
