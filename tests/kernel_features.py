"""What the running kernel can do, found out from the kernel alone: a test must not ask the program that it tests.

A feature is `name` or `name:argument`, for example `kprobe_multi`, `kernel:5.15`, `function:vfs_read`.
A new one is a row in FEATURES.
"""

import ctypes
import functools
import os
import platform
import re
import struct
from pathlib import Path

TRACEFS = Path("/sys/kernel/tracing")
BTF = Path("/sys/kernel/btf/vmlinux")


def exists(path: str) -> bool:
    return Path(path).exists()


@functools.cache
def kernel_symbols() -> frozenset[str]:
    return frozenset(line.split()[2] for line in Path("/proc/kallsyms").read_text().splitlines())


def has_function(name: str) -> bool:
    return name in kernel_symbols()


def is_at_least(version: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", text)[:2]]
    return numbers(platform.release()) >= numbers(version)


def has_tracepoint(name: str) -> bool:
    """`category:event`; where tracefs is not mounted, by the function that every tracepoint has."""
    category, event = name.split(":")
    if (TRACEFS / "events").is_dir():
        return (TRACEFS / "events" / category / event / "format").exists()
    return has_function(f"__traceiter_{event}")


def module_is_known(name: str) -> bool:
    release = Path("/lib/modules") / platform.release()
    listed = [release / "modules.dep", release / "modules.builtin"]
    return exists(f"/sys/module/{name}") or any(f"/{name}.ko" in file.read_text() for file in listed if file.exists())


def has_headers() -> bool:
    return exists(f"/lib/modules/{platform.release()}/build/include")


def security_modules() -> list[str]:
    names = Path("/sys/kernel/security/lsm")
    return names.read_text().split(",") if names.exists() else []


@functools.cache
def fentry_attaches() -> bool:
    """Attaches for a moment to a function that the kernel has for this: the symbols are there in kernels that refuse
    it."""
    function = btf_function_id("bpf_fentry_test1") if BTF.exists() else None
    if function is None:
        return False
    program = load_fentry_program(function)
    if program < 0:
        return False
    link = bpf_syscall(17, struct.pack("<QI4x", 0, program))  # BPF_RAW_TRACEPOINT_OPEN
    os.close(program)
    if link >= 0:
        os.close(link)
    return link >= 0


def load_fentry_program(function: int) -> int:
    """`return 0;` as a BPF_PROG_TYPE_TRACING program with the attach type BPF_TRACE_FENTRY."""
    code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xB7, 0, 0, 0) + struct.pack("<BBhi", 0x95, 0, 0, 0))
    name = ctypes.create_string_buffer(b"GPL")
    attributes = struct.pack("<IIQQIIQII16sIIIIQIIQII", 26, 2, ctypes.addressof(code), ctypes.addressof(name),
                             0, 0, 0, 0, 0, b"feature_probe", 0, 24, 0, 0, 0, 0, 0, 0, 0, function)
    return bpf_syscall(5, attributes)  # BPF_PROG_LOAD


def bpf_syscall(command: int, attributes: bytes) -> int:
    buffer = ctypes.create_string_buffer(attributes.ljust(144, b"\0"), 144)
    return ctypes.CDLL(None).syscall(321, command, buffer, 144)


def btf_function_id(wanted: str) -> int | None:
    data = BTF.read_bytes()
    header, type_offset, type_length, string_offset = struct.unpack_from("<4xIIII", data)
    strings = header + string_offset
    extra = {1: 4, 3: 12, 14: 4, 17: 4}                       # bytes after the type: int, array, var, decl_tag
    per_member = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}  # struct, union, enum, func_proto, datasec, enum64
    at, end, number = header + type_offset, header + type_offset + type_length, 0
    name_at = data.index(b"\0" + wanted.encode() + b"\0", strings) + 1 - strings
    while at < end:
        number += 1
        name, info = struct.unpack_from("<II", data, at)
        kind = (info >> 24) & 31
        if kind == 12 and name == name_at:
            return number
        at += 12 + extra.get(kind, 0) + per_member.get(kind, 0) * (info & 0xFFFF)
    return None


FEATURES = {
    "btf": lambda: BTF.exists(),
    "fentry": fentry_attaches,
    "function": has_function,
    "hardware_counters": lambda: exists("/sys/bus/event_source/devices/cpu"),
    "headers": has_headers,
    "kernel": is_at_least,
    "kprobe": lambda: exists("/sys/bus/event_source/devices/kprobe"),
    "kprobe_multi": lambda: has_function("register_fprobe_ips"),
    "lsm": lambda: "bpf" in security_modules(),
    "module": module_is_known,
    "netfilter": lambda: has_function("bpf_nf_link_attach"),
    "perf_event_cookie": lambda: is_at_least("5.15"),
    "ringbuf": lambda: is_at_least("5.8"),
    "sparse_tracing_map": lambda: is_at_least("6.1"),
    "tc_bpf": lambda: has_function("cls_bpf_classify") or module_is_known("cls_bpf"),
    "tracepoint": has_tracepoint,
    "trampoline_arguments": lambda: is_at_least("5.17"),
    "uprobe": lambda: exists("/sys/bus/event_source/devices/uprobe"),
    "uprobe_multi": lambda: has_function("bpf_uprobe_multi_link_attach") and is_at_least("6.6"),
}


def kernel_has(feature: str) -> bool:
    name, _, argument = feature.partition(":")
    if name not in FEATURES:
        raise ValueError(f"unknown kernel feature '{name}'; tests/kernel_features.py knows {', '.join(FEATURES)}")
    return FEATURES[name](argument) if argument else FEATURES[name]()
