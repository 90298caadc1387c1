"""Every fuzzer of tests/fuzz for a while, over its seeds, with sanitizers: a crash, a leak, a hang or a flood fails."""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from places import REPOSITORY

FUZZ = REPOSITORY / "tests/fuzz"
BUILD = REPOSITORY / "build-fuzz"
FOUND = BUILD / "found"
NAMES = sorted(path.name.removesuffix("_fuzz.cc") for path in FUZZ.glob("*_fuzz.cc") if path.name != "planted_fuzz.cc")
SECONDS = int(os.environ.get("SONDE_FUZZ_SECONDS", 20))
AT_ONCE = 2

pytestmark = pytest.mark.timeout(1200 + SECONDS * len(NAMES))


@pytest.fixture(scope="module", autouse=True)
def built():
    """The first time takes a minute or two: what is fuzzed is built with sanitizers, and nothing else is."""
    if not (BUILD / "build.ninja").exists():
        checked(["cmake", "--preset", "fuzz"])
    checked(["ninja", "-C", BUILD, "fuzzers"])
    FOUND.mkdir(exist_ok=True)


def checked(command: list) -> None:
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


def fuzz(name: str, corpus: Path, seconds: int) -> subprocess.CompletedProcess:
    corpus.mkdir()
    limits = [f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048", "-max_len=20000"]
    output = [f"-artifact_prefix={FOUND}/{name}-", "-print_final_stats=1"]
    return subprocess.run([BUILD / f"bin/{name}_fuzz", *limits, *output, corpus, FUZZ / "corpus" / name],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, built):
    """All of them, a few at a time, begun when the first is asked for."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(fuzz, name, tmp_path_factory.mktemp("fuzz") / name, SECONDS) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found(name, runs):
    done = runs[name].result()
    assert done.returncode == 0, f"{done.stdout[-8000:]}\nthe reproducer: {reproducer(done.stdout)}"
    assert int(re.search(r"number_of_executed_units: (\d+)", done.stdout)[1]) > 1000


def test_what_is_found_is_told_with_its_reproducer(tmp_path):
    done = fuzz("planted", tmp_path / "corpus", SECONDS)
    assert done.returncode != 0
    path = Path(reproducer(done.stdout))
    assert path.read_bytes().startswith(b"bug")
    path.unlink()


def reproducer(output: str) -> str:
    found = re.search(r"Test unit written to (\S+)", output)
    return found[1] if found else "none was written"


@pytest.mark.parametrize("name", [*NAMES, "planted"])
def test_there_are_small_seeds(name):
    sizes = {path.name: path.stat().st_size for path in (FUZZ / "corpus" / name).iterdir()}
    assert sizes and all(0 < size <= 20_000 for size in sizes.values()), sizes
