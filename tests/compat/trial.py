"""One script on one side: started, given its workload once it watches, ended when its rows are there, and judged."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, nullcontext

from compat.load import WORKLOADS, Load, LoadError
from compat.script import Script
from compat.tracer import Tracer
from own_network import OwnNetwork

START_LIMIT_S = 240
STILL_S = 0.4  # that the number of hooks stands still says that all are there
NO_HOOK_S = 3.2  # the same of a script that has none and prints something
AT_END_S = 0.5   # for events that are still on their way
KEPT_CHARS = 40000


def run(script: Script, env: dict[str, str]) -> dict:
    """What happened, as one line of JSON can hold it."""
    result = {"script": script.name, "variant": script.variant}
    try:
        with network_of(script), folder_of(script, env) as folder, loaded(script, env) as load:
            facts = env | (load.facts if load else {})
            command = [*script.command, *(word.format_map(facts) for word in script.args)]
            tracer = Tracer(command, tracer_env(env), folder, script.terminal, bool(script.typed), script.result_file)
            try:
                result |= watch(script, tracer, load)
            finally:
                tracer.end(script.end_limit_s)
            return result | verdict(script, tracer, result)
    except (LoadError, TimeoutError, OSError, KeyError) as error:
        return result | {"failed": f"the test's own failure: {error}", "ok": False}


def tracer_env(env: dict[str, str]) -> dict[str, str]:
    return env | {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "TERM": "xterm", "COLUMNS": "120",
                  "LINES": "40"}


@contextmanager
def loaded(script: Script, env: dict[str, str]):
    if not script.load:
        yield None
        return
    load = Load(script.load.format_map(env), env)
    try:
        yield load
    finally:
        load.end()


def network_of(script: Script):
    return OwnNetwork() if script.own_network else nullcontext()


@contextmanager
def folder_of(script: Script, env: dict[str, str]):
    with tempfile.TemporaryDirectory(dir=env["COMPAT_DIR"]) as folder:
        if script.in_copy:
            shutil.copytree(script.folder, folder, dirs_exist_ok=True)
        if script.result_file:
            os.makedirs(os.path.dirname(os.path.join(folder, script.result_file)))
        yield folder


def watch(script: Script, tracer: Tracer, load: Load | None) -> dict:
    """Until the rows are there, or the script has ended, or the time is up."""
    hooks, ready_s = until_attached(tracer)
    seen = {"hooks": hooks, "ready_s": round(ready_s, 2), "first_s": round(tracer.first_s or ready_s, 2)}
    if load and not tracer.ended():
        load.go()
        seen["load_done"] = load.done(script.load_limit_s)
    if script.typed:
        tracer.type(script.typed)
    deadline = time.monotonic() + (AT_END_S if script.at_end else script.patience_s)
    while not tracer.ended() and time.monotonic() < deadline and (script.at_end or not shown(script, tracer)):
        time.sleep(0.1)
    if script.typed:  # was told to end: a Ctrl-C would meet its tidying up, and leave it waiting for its children
        tracer.wait(script.end_limit_s)
    return seen


def until_attached(tracer: Tracer) -> tuple[int, float]:
    """The most hooks seen until their number stood still and the script slept, and when the last one came.

    That it sleeps all the time cannot be asked: some are kept awake by what is done here.
    """
    hooks, changed, asleep, most = 0, time.monotonic(), 0, 0
    while not tracer.ended() and time.monotonic() - tracer.began < START_LIMIT_S:
        now = tracer.hooks()
        if now != hooks:
            hooks, changed, asleep, most = now, time.monotonic(), 0, max(most, now)
        asleep += tracer.sleeps()
        still_s = time.monotonic() - changed
        if still_s > (STILL_S if hooks else NO_HOOK_S) and asleep > 2 and (hooks or tracer.first_s):
            break
        time.sleep(0.1)
    return most, changed - tracer.began


def shown(script: Script, tracer: Tracer) -> bool:
    return all(check.holds(tracer.text) for check in script.shows)


def verdict(script: Script, tracer: Tracer, result: dict) -> dict:
    text, errors = tracer.text, tracer.errors
    header = next((line for line in text.splitlines() if script.is_header(line)), None)
    checks = [[str(check), check.holds(text), check.found(text)] for check in script.shows]
    ended_well = (tracer.status in script.statuses and tracer.ended_by in ("", "SIGINT")) or tracer.was_interrupted()
    attached = result.get("hooks", 0) > 0 or script.attaches_nothing
    rows = all(ok for _, ok, _ in checks)
    return {
        "started": bool(attached or text or tracer.status == 0),
        "attached": attached,
        "header": header and " ".join(header.split()),
        "has_header": header is not None,
        "checks": checks,
        "rows": rows,
        "status": tracer.status,
        "ended_by": tracer.ended_by,
        "ended_well": ended_well,
        "error": error_line(errors),
        "errors": errors[-KEPT_CHARS:],
        "output": kept(text),
        "peak_mb": tracer.peak_mb(),
        "total_s": round(time.monotonic() - tracer.began, 1),
        "ok": ended_well and attached and header is not None and rows,
    }


def kept(output: str) -> str:
    """Of a long output its begin, where titles stand, and its end."""
    if len(output) <= KEPT_CHARS:
        return output
    return output[:KEPT_CHARS // 10].rpartition("\n")[0] + "\n[...]\n" + output[-KEPT_CHARS:].partition("\n")[2]


def error_line(errors: str) -> str:
    """The first line of standard error, or, if that begins a traceback, what was raised."""
    lines = [line for line in errors.splitlines() if line.strip()]
    if any(line.startswith("Traceback") for line in lines):
        begin = max(i for i, line in enumerate(lines) if line.startswith("Traceback"))
        return next((line for line in lines[begin + 1:] if not line.startswith(" ")), lines[-1])[:400]
    return lines[0][:400] if lines else ""


def environment(python_path: str, built: str, folder: str) -> dict[str, str]:
    """Workloads run in a tmpfs: on the guest's overlay many a call is counted twice."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "compat", folder], check=True)
    env = dict(os.environ, COMPAT_DIR=folder, COMPAT_BUILT=built, DISK=os.environ.get("SONDE_SCRATCH_DISK", ""))
    env["PATH"] += ":" + programs(folder)
    env |= {"PYTHONPATH": python_path, "USE_ZEND_DTRACE": "1"}  # PHP has its probes only then
    return env


def programs(folder: str) -> str:
    """What examples start and Debian has not got: a Python by its old name, netperf's server."""
    os.makedirs(f"{folder}/bin")
    os.symlink("/usr/bin/python3", f"{folder}/bin/python")
    os.symlink(WORKLOADS / "netserver.py", f"{folder}/bin/netserver")
    return f"{folder}/bin"


def unmount(env: dict[str, str]) -> None:
    """The file systems that the workloads made, and the one that they run in: the guest's disk is free again."""
    subprocess.run(["umount", "-R", env["COMPAT_DIR"]], check=True)


def summary(result: dict) -> str:
    """One line for whoever watches."""
    if "failed" in result:
        return f"FAILED: {result['failed']}"
    missing = "; ".join(f"{what}: {found}" for what, ok, found in result["checks"] if not ok)
    for step, there in (("header", result["has_header"]), ("hook", result["attached"])):
        missing = missing if there else f"no {step}; {missing}"
    end = f"status {result['status']} {result['ended_by']}"
    note = "ok" if result["ok"] else f"FAILED ({end}) {missing} {result['error'][:300]}"
    return f"{result['ready_s']:5.1f} s {result['total_s']:5.1f} s {result['peak_mb']:5.0f} MB  {note}"


def account(result: dict) -> str:
    """All that a failed test's reader wants to see."""
    return f"{summary(result)}\n--- output:\n{result.get('output', '')}\n--- errors:\n{result.get('errors', '')}"
