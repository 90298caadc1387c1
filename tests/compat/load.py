"""A workload as a process: made ready, set going when the script watches, ended when its rows are there."""

import os
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

WORKLOADS = Path(__file__).resolve().parent / "workloads"
RUNNERS = {".py": [sys.executable, "-u"], ".sh": ["bash"], ".rb": ["ruby"], ".php": ["php"], ".pl": ["perl"],
           ".tcl": ["tclsh"],
           ".js": ["node"]}


class LoadError(Exception):
    pass


class Load:
    """Speaks one word a line: the workload says `ready`, is told `go`, says `done`, and ends when its input does."""

    def __init__(self, command: str, env: dict[str, str], limit_s: float = 60):
        name, *arguments = shlex.split(command)
        self.process = subprocess.Popen(runner(name, env) + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=env, cwd=env["COMPAT_DIR"], start_new_session=True)
        self.said = b""
        self.facts = dict(word.split("=", 1) for word in self.expect("ready", limit_s).split()[1:])
        self.facts.setdefault("pid", str(self.process.pid))

    def go(self) -> None:
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()

    def done(self, limit_s: float) -> bool:
        """Whether it has done its work by then."""
        try:
            return bool(self.expect("done", limit_s))
        except TimeoutError:
            return False

    def expect(self, word: str, limit_s: float) -> str:
        deadline = time.monotonic() + limit_s
        while not (line := self.line_with(word)):
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([self.process.stdout], [], [], left_s)[0]:
                raise TimeoutError(f"the workload did not say {word!r} in {limit_s:g} s")
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                said = self.process.stderr.read().decode(errors="replace")[-2000:]
                raise LoadError(f"the workload ended before {word!r}: {said}")
            self.said += data
        return line

    def line_with(self, word: str) -> str:
        lines = self.said.decode(errors="replace").split("\n")[:-1]
        return next((line for line in lines if line.split()[:1] == [word]), "")

    def end(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def runner(name: str, env: dict[str, str]) -> list[str]:
    """How to start a workload: its source by its interpreter, or what was built of it."""
    if name.endswith(".java"):
        return ["/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "-XX:+ExtendedDTraceProbes", "-Xint", "-Xmx64m", "-cp",
                env["COMPAT_BUILT"],
                Path(name).stem]
    if name.endswith(".c"):
        return [os.path.join(env["COMPAT_BUILT"], Path(name).stem)]
    return RUNNERS[Path(name).suffix] + [str(WORKLOADS / name)]
