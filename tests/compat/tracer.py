"""The script that is judged, as a process: what it has printed and when, what it holds of the kernel, what it took."""

import os
import pty
import signal
import subprocess
import threading
import time

HOOKS = ("perf_event", "bpf_link", "bpf-link", "bpf-prog", "raw-tracepoint")
KEPT_BYTES = 4 << 20


class Tracer:
    """Output that goes to `result_file`, below `folder`, counts as well."""

    def __init__(self, command: list[str], env: dict[str, str], folder: str, terminal: bool = False,
                 listens: bool = False, result_file: str = ""):
        self.began = time.monotonic()
        self.output, self.first_s, self.usage, self.status, self.ended_by = b"", None, None, None, ""
        self.errors_path = os.path.join(folder, "stderr")
        self.result_path = os.path.join(folder, result_file) if result_file else ""
        reader, writer = pty.openpty() if terminal else os.pipe()
        with open(self.errors_path, "wb") as errors:
            stdin = writer if terminal else subprocess.PIPE if listens else subprocess.DEVNULL
            process = subprocess.Popen(command, stdin=stdin, stdout=writer, stderr=errors, env=env, cwd=folder,
                                       start_new_session=True, preexec_fn=obey_interrupts)
        self.pid, self.input = process.pid, process.stdin
        os.close(writer)
        self.reader = threading.Thread(target=self.read, args=[reader], daemon=True)
        self.reader.start()

    def read(self, descriptor: int) -> None:
        while data := read_or_end(descriptor):
            self.first_s = self.first_s or time.monotonic() - self.began
            self.output = (self.output + data)[-KEPT_BYTES:]
        os.close(descriptor)

    @property
    def text(self) -> str:
        return self.output.decode(errors="replace") + self.results()

    def results(self) -> str:
        if not self.result_path or not os.path.exists(self.result_path):
            return ""
        with open(self.result_path, errors="replace") as file:
            return file.read(KEPT_BYTES) + "\n"

    def type(self, text: str) -> None:
        try:
            self.input.write(text.encode())
            self.input.close()
        except BrokenPipeError:
            pass

    @property
    def errors(self) -> str:
        with open(self.errors_path, errors="replace") as file:
            return file.read(KEPT_BYTES)

    def ended(self) -> bool:
        if self.usage is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.usage, self.status = usage, os.waitstatus_to_exitcode(status)
        return self.usage is not None

    def hooks(self) -> int:
        """Descriptors of programs, links and perf events that it and its children hold."""
        return sum(1 for pid in family(self.pid) for name in descriptors(pid) if any(kind in name for kind in HOOKS))

    def sleeps(self) -> bool:
        return all(state(pid) in "SZT?" for pid in family(self.pid))

    def wait(self, limit_s: float) -> bool:
        deadline = time.monotonic() + limit_s
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.ended()

    def end(self, limit_s: float) -> None:
        """By Ctrl-C, as a user would, while it sleeps; what does not go by that is said and ended all the same."""
        asleep_by = time.monotonic() + 3
        while not self.ended() and not self.sleeps() and time.monotonic() < asleep_by:
            time.sleep(0.02)
        for number, patience_s in ((signal.SIGINT, limit_s), (signal.SIGTERM, 5), (signal.SIGKILL, 10)):
            if self.ended():
                break
            self.ended_by = number.name
            signal_group(self.pid, number)
            self.wait(patience_s)
        signal_group(self.pid, signal.SIGKILL)
        self.reader.join(timeout=5)

    def was_interrupted(self) -> bool:
        """Ended by a Ctrl-C that came while it did not expect one: such scripts leave that to Python."""
        return self.ended_by == "SIGINT" and self.status == -signal.SIGINT and "KeyboardInterrupt" in self.errors

    def peak_mb(self) -> float:
        return round(self.usage.ru_maxrss / 1024, 1) if self.usage else 0.0


def obey_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def read_or_end(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # a terminal whose other side is closed
        return b""


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children") as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def descriptors(pid: int) -> list[str]:
    names = []
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            names.append(os.readlink(f"/proc/{pid}/fd/{number}"))
    except OSError:
        pass
    return names


def state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "?"
