"""An ELF object of BPF programs: its sections, and which helpers its instructions call."""

import struct
from collections import Counter

HELPERS = {  # by the dialect's names
    "lookup": 1, "update": 2, "delete": 3, "probe_read": 4, "ktime_get_ns": 5, "trace_printk": 6,
    "skb_store_bytes": 9, "l3_csum_replace": 10, "l4_csum_replace": 11, "tail_call": 12,
    "get_smp_processor_id": 8, "get_current_pid_tgid": 14, "get_current_comm": 16, "perf_event_read": 22,
    "perf_event_output": 25, "get_stackid": 27, "get_current_task": 35, "current_task_under_cgroup": 37,
    "redirect_map": 51, "probe_read_str": 45, "perf_event_read_value": 55, "push": 87, "pop": 88, "peek": 89,
    "probe_read_user": 112,
    "probe_read_kernel": 113, "probe_read_user_str": 114, "probe_read_kernel_str": 115, "ringbuf_output": 130,
    "ringbuf_reserve": 131, "ringbuf_submit": 132, "ringbuf_discard": 133, "ringbuf_query": 134, "get_func_ret": 184,
}
CALL = 0x85
ATOMIC = (0xC3, 0xDB)


class ObjectFile:
    def __init__(self, data: bytes):
        assert data[:4] == b"\x7fELF", "this is no ELF file"
        self.data = data
        (table,), (size, count, names) = struct.unpack_from("<Q", data, 40), struct.unpack_from("<HHH", data, 58)
        headers = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * size) for i in range(count)]
        strings = headers[names][4]
        self.sections = {self._string(strings + header[0]): (header[4], header[5]) for header in headers}

    def _string(self, at: int) -> str:
        return self.data[at:self.data.index(b"\0", at)].decode()

    def section(self, name: str) -> bytes:
        offset, size = self.sections[name]
        return self.data[offset:offset + size]

    def instructions(self, section: str) -> list[tuple[int, int, int]]:
        """(operation, source register, immediate value) of each."""
        return [(code, registers >> 4, value)
                for code, registers, value in struct.iter_unpack("<BB2xi", self.section(section))]

    def calls(self, section: str) -> Counter:
        return Counter(value for code, source, value in self.instructions(section) if code == CALL and source == 0)
