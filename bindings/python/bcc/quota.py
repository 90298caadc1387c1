"""How many probes this process has open, and may have."""
import os

_default_probe_limit = 1000
_open_probes = 0


def _get_num_open_probes():
    return _open_probes


def get_probe_limit():
    limit = os.environ.get("BCC_PROBE_LIMIT", "")
    return int(limit) if limit.isdigit() else _default_probe_limit


def check(count):
    """Raises when `count` more probes would be too many."""
    if _open_probes + count > get_probe_limit():
        raise Exception("Number of open probes would exceed global quota")


def add(count):
    global _open_probes
    _open_probes += count
