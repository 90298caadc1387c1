"""A ready tool: started, waited for until it is attached, ended by Ctrl-C."""

import functools
import json
import os
import signal
import subprocess
import time

import pytest
from places import BUILD

ATTACH_SECONDS = 60
OF_STACKS = {"memleak"}  # the kernel has thousands of them, and a few may hash to one place in all three maps


class RunningTool:
    """`sonde NAME ARGUMENTS`, attached; its standard output is what comes after."""

    def __init__(self, arguments: list[str], directory):
        self.has_stacks = arguments[0] in OF_STACKS
        self.out = open(directory / "out", "w+")
        self.err = open(directory / "err", "w+")
        self.process = subprocess.Popen([BUILD / "bin/sonde", *arguments], stdout=self.out, stderr=self.err,
                                        env=os.environ | {"TZ": "UTC"})
        # What it says with --attachments comes when all programs are attached.
        self.wait_until(lambda: " runs at " in self.errors())

    def wait_until(self, condition) -> None:
        end = time.monotonic() + ATTACH_SECONDS
        while not condition():
            assert self.process.poll() is None, f"it ended: {self.errors()}"
            assert time.monotonic() < end, f"nothing in {ATTACH_SECONDS} s: {self.output()} {self.errors()}"
            time.sleep(0.05)

    def output(self) -> str:
        with open(self.out.name) as file:
            return file.read()

    def errors(self) -> str:
        with open(self.err.name) as file:
            return file.read()

    def finish(self, sign=signal.SIGINT) -> list[str]:
        """Ends it by Ctrl-C; its lines. On standard error it says nothing but where it is attached and where not, and
        that stacks collided."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        assert self.process.wait(ATTACH_SECONDS) == 0, self.errors()
        said = [line for line in self.errors().splitlines()
                if " runs at " not in line and ": not attached: " not in line]
        assert [line for line in said if not self.has_stacks or " stacks could not be kept" not in line] == []
        return self.output().splitlines()

    def ended(self) -> list[str]:
        """Its lines, when it has ended by itself."""
        assert self.process.wait(ATTACH_SECONDS) == 0, self.errors()
        return self.finish()

    def ended_records(self) -> list[dict]:
        return [json.loads(line) for line in self.ended()]

    def records(self) -> list[dict]:
        """Ends it; its lines as JSON, but stacks that collided."""
        return [record for record in map(json.loads, self.finish()) if "lost" not in record]


@pytest.fixture
def tool(tmp_path):
    """tool("opensnoop", "-x") is that tool, attached."""
    running = []

    def start(name: str, *arguments: str) -> RunningTool:
        directory = tmp_path / f"{name}-{len(running)}"
        directory.mkdir()
        running.append(RunningTool([name, "--attachments", *map(str, arguments)], directory))
        return running[-1]
    yield start
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


@functools.cache
def schemas_of(tool: str) -> list[dict]:
    text = subprocess.run([BUILD / "bin/sonde", tool, "--schema"], check=True, capture_output=True, text=True).stdout
    return json.loads(text)["anyOf"]


@pytest.fixture
def schema_of():
    """The JSON schemas of a tool's records; tests ask for each record anew."""
    return schemas_of
