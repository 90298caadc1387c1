"""How many probes this process has open, and may have."""
from . import _core

_default_probe_limit = _core.default_probe_limit
_get_num_open_probes = _core.open_probes
check = _core.check_probe_limit  # raises if opening `count` more probes would exceed the limit
add = _core.add_open_probes


def get_probe_limit():
    return _core.probe_limit()
