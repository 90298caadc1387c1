"""Direct reclaim seen in guests of 512 MB: by a BCC script without kernel headers, and by an object compiled on this
machine's kernel and loaded where there is no compiler."""

import re
import shutil
import subprocess

import pytest

from places import BUILD, REPOSITORY


@pytest.fixture(scope="module")
def object_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("ahead") / "direct.o"
    subprocess.run([BUILD / "bin/sonde", "cc", REPOSITORY / "examples/direct_reclaim.c", "-o", path], check=True)
    return path


@pytest.mark.parametrize("kernel", ["6.1", "6.12"])
@pytest.mark.timeout(240)
def test_script_and_object_see_the_same_reclaims(kernel, object_file, in_guest):
    in_guest.out.mkdir()
    shutil.copy(object_file, in_guest.out / "direct.o")
    script = str(REPOSITORY / "tests/host/reclaim_in_guest.sh")
    done = in_guest(["-k", kernel, "-m", "512", "-t", "200"], "bash", script, str(REPOSITORY), str(BUILD),
                    "/out/direct.o", timeout=230)
    told = {name: (in_guest.out / name).read_text() for name in ("python", "python.err", "object", "object.err")}
    assert done.returncode == 0, (done, told)
    assert told["python.err"] == "" and told["object.err"] == "", told

    script = told["python"].splitlines()
    assert script[0] == "COMM           PID     LAT(ms) PAGES"
    assert len(script) > 10
    # Both were there for all of the load: every reclaim of it is in both. Each CPU has a buffer of its own, so the
    # order in
    # which a reader finds the events of two CPUs is its own.
    by_load = [re.fullmatch(r"(\S+) +(\d+) +(\d+\.\d\d) +(\d+)", line).groups() for line in script[1:]]
    pages_of_script = [int(row[3]) for row in by_load if row[0] == "python3"]
    rows = [line.split() for line in told["object"].splitlines() if " python3 " in line]
    assert sorted(int(row[-1]) for row in rows) == sorted(pages_of_script)
