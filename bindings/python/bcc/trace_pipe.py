"""The kernel's trace pipe: what bpf_trace_printk() of any program on the machine says. A part of BPF."""
import os
import sys

from . import _core


class TracePipe:
    tracefile = None

    def trace_open(self, nonblocking=False):
        """The pipe as a binary file."""
        if self.tracefile is None:
            self.tracefile = os.fdopen(_core.open_trace_pipe(), "rb")
        if nonblocking:
            os.set_blocking(self.tracefile.fileno(), False)
        return self.tracefile

    def trace_readline(self, nonblocking=False):
        """The next line as bytes, without its end; None when there is none yet and nonblocking is set."""
        try:
            line = self.trace_open(nonblocking).readline(1024)
        except BlockingIOError:
            return None
        return line.rstrip() if line or not nonblocking else None

    def trace_fields(self, nonblocking=False):
        """(task, pid, cpu, flags, timestamp, message) of the next line."""
        while True:
            line = self.trace_readline(nonblocking)
            if not line and nonblocking:
                return (None,) * 6
            # "CPU:3 [LOST 12 EVENTS]" is the pipe speaking of itself; an empty line ends a message that ends its own.
            if line and not line.startswith(b"CPU:"):
                return _fields_of(line)

    def trace_print(self, fmt=None):
        """Prints lines for ever: as they come, or their fields by a format such as "{1} {5}"."""
        while True:
            line = fmt.format(*self.trace_fields()) if fmt else self.trace_readline()
            print(line)
            sys.stdout.flush()


def _fields_of(line):
    """The pipe's columns: 16 letters of task, then "-pid [cpu] flags time: symbol: message"."""
    try:
        task = line[:16].lstrip()
        head, _, rest = line[17:].partition(b": ")
        pid, cpu, flags, time = head.split()
        _, _, message = rest.partition(b": ")
        return task, int(pid), int(cpu[1:-1]), flags, float(time), message
    except ValueError:
        return "Unknown", 0, 0, "Unknown", 0.0, "Unknown"
