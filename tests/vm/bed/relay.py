"""Takes the guest's output apart: what the command wrote, and the last line in which the guest reports its exit
status."""

import re


class Relay:
    """The status travels in the same stream as the output, so that nothing written before it can be lost or
    overtaken."""

    def __init__(self, marker: str):
        self.start_ = b"\0" + marker.encode() + b" "
        self.end_ = re.compile(re.escape(self.start_) + rb"(\d+)\n")
        self.held_ = b""
        self.status: int | None = None

    def feed(self, data: bytes) -> bytes:
        """What of the data seen so far is certainly the command's output."""
        data = self.held_ + data
        found = self.end_.search(data)
        if found:
            self.status = int(found[1])
            return data[:found.start()]
        cut = self.certain_length(data)
        self.held_ = data[cut:]
        return data[:cut]

    def certain_length(self, data: bytes) -> int:
        """Up to where the data cannot be part of the last line."""
        at = data.rfind(b"\0")
        tail = data[at:]
        may_be_status = at >= 0 and (self.start_.startswith(tail) or tail.startswith(self.start_))
        return at if may_be_status else len(data)
