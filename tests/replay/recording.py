"""Recordings made by hand (docs/internals/recordings.md): bytes for a tool's maps by their types in its spec."""

import json
import struct
import zlib

from object_file import ObjectFile
from places import BUILD

MONOTONIC_NS, REAL_NS = 5_000_000_000_000, 1_767_225_600_000_000_000  # 2026-01-01 00:00:00 UTC
FUNCTIONS = {0x1000: "vfs_read", 0x2000: "ksys_read", 0x3000: "main", 0x4000: "read"}
KERNEL = -1
RING_BUFFER, STACK_TRACE, ARRAY = 27, 7, 2


def spec_of(tool: str) -> dict:
    return json.loads(ObjectFile((BUILD / f"tools/{tool}.o").read_bytes()).section(".sonde.spec"))


class Values:
    """Bytes for a type: the same for the same names and `number`, and such as a tool may see."""

    def __init__(self, spec: dict, number: int, member: int = 0):
        """`member`: which of a union's is filled."""
        self.types, self.number, self.member = spec["types"], number, member

    def of(self, type_id: int, name: str = "") -> bytes:
        kind = self.types[type_id]
        size, spelling = kind.get("size", 0), kind.get("spelling", "")
        if spelling in ("string_t", "texts_t"):
            return self.texts(spelling, name, size)
        if spelling in ("kernel_frames_t", "user_frames_t"):
            frames = (0x1000, 0x2000) if spelling == "kernel_frames_t" else (0x3000, 0x4000)
            return struct.pack("<2Q", *frames).ljust(size - 8, b"\0") + struct.pack("<Q", self.number)
        if kind["kind"] in ("struct", "union"):
            return self.record(kind)
        if kind["kind"] == "array":
            return self.array(kind, name)
        value = self.integer(spelling, name, size)
        return struct.pack("<Q", value % 2**(8 * min(size, 8)))[:size].ljust(size, b"\0")

    def integer(self, spelling: str, name: str, size: int) -> int:
        if spelling in ("kernel_stack_t", "user_stack_t"):
            return 1 if spelling == "kernel_stack_t" else 2
        if spelling in ("wall_time_t", "clock_ms_t", "utc_clock_ms_t", "timestamp_t"):
            return MONOTONIC_NS + self.number * 1_234_567
        number = zlib.crc32(name.encode()) % 89 + self.number
        return number * 1_000_003 if spelling == "duration_ns_t" else number * 1021 if size == 8 else number

    def texts(self, spelling: str, name: str, size: int) -> bytes:
        if spelling == "string_t":
            text = f"/tmp/{name}-{self.number}".encode()
            return struct.pack("<II", len(text), self.number % 3) + text.ljust(size - 8, b"\0")
        words = b"".join(f"{name}-{word}\0".encode() for word in ("first", "two words", "last"))
        return struct.pack("<IIQQQ", len(words), 3, 0, 0, 4 * (self.number % 2)) + words.ljust(size - 32, b"\0")

    def record(self, kind: dict) -> bytes:
        if kind.get("name") == "sonde_histogram":
            slots = [0] * 64
            slots[3], slots[5], slots[9] = self.number, 40, 7
            return struct.pack("<64QQQ", *slots, 9000 + self.number, sum(slots))
        whole = bytearray(kind["size"])
        fields = kind["fields"] if kind["kind"] == "struct" else [kind["fields"][self.member]]
        for field in fields:
            at, bits = divmod(field["offset_bits"], 8)
            part = self.of(field["type"], field.get("name", ""))
            if not bits and not field.get("bits"):
                whole[at:at + len(part)] = part
        return bytes(whole)

    def array(self, kind: dict, name: str) -> bytes:
        element = self.types[kind["element"]]
        if element.get("name") == "char":
            return f"{name}{self.number}".encode()[:kind["size"] - 1].ljust(kind["size"], b"\0")
        return b"".join(self.of(kind["element"], f"{name}{i}") for i in range(kind["count"]))


def clocks_after(seconds: int) -> dict:
    return {"monotonic_ns": MONOTONIC_NS + seconds * 10**9, "real_ns": REAL_NS + seconds * 10**9}


def recorded(tool: str, options: dict[str, bytes], events: int = 3, reports: int = 2) -> str:
    """A run of `tool` with every map that its views read filled: `events` of each buffer, then `reports`."""
    spec = spec_of(tool)
    types, maps, member = spec["types"], spec["maps"], -1 if options else 0
    lines = [{"sonde_recording": 1, "version": "0.1.0", "tool": tool, **clocks_after(0),
              "settings": {"values": {name: value.hex() for name, value in options.items()}, "duration": 0,
                           "interval": 1, "pid": 0, "tid": 0, "follows_children": False,
                           "probe_names": [f"function_{number}" for number in range(1, 100)]}}]
    rows = {annotation[1]: each["type"] for each in spec["declarations"] for annotation in each["annotations"]
            if annotation[0] == "rows"}
    for name, row in rows.items():
        for number in range(1, events + 1):
            lines.append({"event": name, **clocks_after(number),
                          "bytes": Values(spec, number, member).of(row).hex()})
    for map_ in maps:
        key, value = map_.get("key"), map_.get("value")
        if map_["type"] == STACK_TRACE:
            for stack, frames in (1, (0x1000, 0x2000)), (2, (0x3000, 0x4000)):
                addresses = struct.pack("<2Q", *frames).ljust(map_["value_size"], b"\0")
                lines.append({"lookup": map_["name"], "key": struct.pack("<I", stack).hex(), "value": addresses.hex()})
        elif map_["type"] == ARRAY and value is not None and types[value]["kind"] == "struct":
            for number in range(1, reports + 1):
                lines.append({"lookup": map_["name"], "key": "00000000", "value": Values(spec, number).of(value).hex()})
        elif key is not None and value is not None and not map_["name"].startswith("sonde_"):
            for report in range(reports):
                filled = [Values(spec, report + number) for number in range(1, 4)]
                for what in "take_elements", "elements":
                    lines.append({what: map_["name"], "key_size": map_["key_size"], "value_size": map_["value_size"],
                                  "value_stride": map_["value_size"],
                                  "keys": b"".join(each.of(key) for each in filled).hex(),
                                  "values": b"".join(each.of(value) for each in filled).hex()})
    for pid in {KERNEL, *range(0, 95)}:
        module = "kernel" if pid == KERNEL else "/bin/program"
        lines += [{"symbol": {"pid": pid, "address": address}, "name": name, "module": module, "offset": 16}
                  for address, name in FUNCTIONS.items()]
    lines += [{"disk": number, "name": f"vd{number % 26 + 97:c}"} for number in range(0, 100)]
    lines += [{"file": "/proc/loadavg", "text": "0.10 0.20 0.30 1/100 4711\n"},
              {"file": "/proc/meminfo", "text": "MemTotal:  4000 kB\nCached:  181 kB\nBuffers:  42 kB\n"}]
    for number in range(1, reports + 1):
        lines.append({"report": {"seconds": 1.0, "last": number == reports}, **clocks_after(10 + number)})
    lines.append({"end": True, "missed_calls": 0})
    return "".join(json.dumps(line) + "\n" for line in lines)


def flags_of(tool: str) -> dict[str, bytes]:
    """The tool's options that are on or off, all on."""
    spec = spec_of(tool)
    return {each["name"]: b"\1" for each in spec["declarations"] for annotation in each["annotations"]
            if annotation[0] == "option" and spec["types"][each["type"]]["kind"] == "bool"}
