"""The version of BCC's interface that this package offers: three numbers, which scripts compare. And sonde's own."""
from . import _core

__version__ = "0.35.0"
__sonde_version__ = _core.version
