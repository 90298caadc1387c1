"""Every tool's metrics of recorded bytes, as promtool judges them."""

import re
import signal
import subprocess
import time
import urllib.request

import pytest
from places import BUILD
from prometheus import complaints
from recording import flags_of, recorded
from test_golden import TOOLS

PATIENCE = 60  # seconds


def served(tmp_path, tool: str, options: dict, accept: str = "") -> str:
    """The page of a replay, which goes on serving until it is told to end."""
    (tmp_path / "recording").write_text(recorded(tool, options))
    with open(tmp_path / "said", "w") as said:
        process = subprocess.Popen([BUILD / "bin/sonde", "replay", tmp_path / "recording", "--metrics", "0"],
                                   stderr=said)
    try:
        end = time.monotonic() + PATIENCE
        address = r"metrics are at (http://127\.0\.0\.1:\d+/metrics)"
        while not (found := re.search(address, (tmp_path / "said").read_text())):
            assert time.monotonic() < end and process.poll() is None, (tmp_path / "said").read_text()
            time.sleep(0.01)
        request = urllib.request.Request(found[1], headers={"Accept": accept} if accept else {})
        pages = ["", ""]
        while f"sonde_{tool}_" not in pages[-1] or pages[-2] != pages[-1]:  # the records are put after that line
            assert time.monotonic() < end, pages[-1]
            time.sleep(0.1)
            with urllib.request.urlopen(request, timeout=PATIENCE) as page:
                pages.append(page.read().decode())
        return pages[-1]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("tool", TOOLS)
def test_promtool_has_nothing_to_say(tool, tmp_path):
    page = served(tmp_path, tool, flags_of(tool))
    assert not complaints(page), page
    assert f"\nsonde_{tool}_" in page and '="null"' not in page


def test_rows_are_counted_and_amounts_are_a_distribution(tmp_path):
    page = served(tmp_path, "ext4slower", {})
    assert re.findall(r'^sonde_ext4slower_slow_total\{comm="(comm\d)".*\} (\d+)$', page, re.M) == [
        ("comm1", "1"), ("comm2", "1"), ("comm3", "1")]
    assert "sonde_ext4slower_latency_seconds_sum{" in page and "sonde_ext4slower_offset_bytes_count{" in page


def test_histograms_have_base_units(tmp_path):
    page = served(tmp_path, "runqlat", {}, "application/openmetrics-text")
    assert page.endswith("# EOF\n") and "# UNIT sonde_runqlat_dist_seconds seconds\n" in page
    # Two reports of sections 1, 2, 3 and 2, 3, 4 in slot 3, 4 to 7 us, with 40 each in slot 5.
    assert re.search(r'^sonde_runqlat_dist_seconds_bucket\{.*le="8e-06"\} \d+$', page, re.M), page
