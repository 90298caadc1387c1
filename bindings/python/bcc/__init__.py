"""bcc: BPF programs from Python, as BCC's scripts know it.

Importing is cheap: what a script does not use is not loaded. The class BPF is the way in:

    from bcc import BPF
    BPF(text='TRACEPOINT_PROBE(sched, sched_switch) { bpf_trace_printk("switch"); return 0; }').trace_print()
"""
try:
    from . import _core
except ImportError as error:
    from .built_for import explanation
    raise ImportError(explanation(error)) from None
from .bpf import BPF
from .constants import (
    DEBUG_BPF, DEBUG_BPF_REGISTER_STATE, DEBUG_BTF, DEBUG_LLVM_IR, DEBUG_PREPROCESSOR, DEBUG_SOURCE, BPFAttachType,
    BPFProgType, PerfEventSampleFormat, PerfHWConfig, PerfSWConfig, PerfType, XDPAction, XDPFlags)
from .kernel import DEBUGFS, TRACEFS
from .quota import _default_probe_limit, _get_num_open_probes
from .utils import ArgString, _assert_is_bytes, get_online_cpus, printb
from .version import __sonde_version__, __version__

basestring = str

# Names that are loaded when a script asks for them, and the modules that have them.
_LATER = {
    "Table": "table", "PerfEventArray": "table", "RingBuf": "table", "BPF_MAP_TYPE_QUEUE": "table",
    "BPF_MAP_TYPE_STACK": "table", "Perf": "perf", "StrcmpRewrite": "strcmp", "USDT": "usdt", "USDTException": "usdt",
    "SymbolCache": "symbols", "disassemble_prog": "disassembler", "decode_map": "disassembler", "lib": "libbcc",
    "bcc_symbol": "libbcc", "bcc_symbol_option": "libbcc", "bcc_stacktrace_build_id": "libbcc",
    "_SYM_CB_TYPE": "libbcc",
}
_MODULES = ("disassembler", "libbcc", "perf", "table", "usdt")  # these, too: `import bcc; bcc.usdt.USDT(…)`

__all__ = [  # for `from bcc import *`
    "BPF", "DEBUG_BPF", "DEBUG_BPF_REGISTER_STATE", "DEBUG_BTF", "DEBUG_LLVM_IR", "DEBUG_PREPROCESSOR", "DEBUG_SOURCE",
    "BPFAttachType", "BPFProgType", "PerfEventSampleFormat", "PerfHWConfig", "PerfSWConfig", "PerfType", "XDPAction",
    "XDPFlags", "DEBUGFS", "TRACEFS", "ArgString", "get_online_cpus", "printb", "basestring",
    *(name for name in _LATER if name[0] != "_")]


def __getattr__(name):
    if name == "_num_open_probes":
        return _get_num_open_probes()
    if name in _MODULES:
        return __import__(__name__ + "." + name, fromlist=[name])
    if name not in _LATER:
        raise AttributeError("module 'bcc' has no attribute %r" % name)
    value = globals()[name] = getattr(__import__(__name__ + "." + _LATER[name], fromlist=[name]), name)
    return value
