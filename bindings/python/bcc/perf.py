"""perf events that a script opens by itself."""
import ctypes as ct
import os

from . import _core
from .utils import get_online_cpus


class Perf:
    NR_PERF_EVENT_OPEN = 298

    PERF_TYPE_HARDWARE = 0
    PERF_TYPE_SOFTWARE = 1
    PERF_TYPE_TRACEPOINT = 2
    PERF_TYPE_HW_CACHE = 3
    PERF_TYPE_RAW = 4
    PERF_TYPE_BREAKPOINT = 5
    PERF_SAMPLE_RAW = 1024
    PERF_FLAG_FD_CLOEXEC = 8
    PERF_EVENT_IOC_ENABLE = 0x2400
    PERF_EVENT_IOC_DISABLE = 0x2401
    PERF_EVENT_IOC_SET_FILTER = 0x40082406

    class perf_event_attr(ct.Structure):
        """struct perf_event_attr of <linux/perf_event.h>, up to sig_data's predecessor: 120 bytes."""

        class _period_or_freq(ct.Union):
            _fields_ = [("sample_period", ct.c_ulong), ("sample_freq", ct.c_ulong)]

        class _wakeup(ct.Union):
            _fields_ = [("wakeup_events", ct.c_uint), ("wakeup_watermark", ct.c_uint)]

        class _config1(ct.Union):
            _fields_ = [("bp_addr", ct.c_ulong), ("kprobe_func", ct.c_ulong), ("uprobe_path", ct.c_ulong),
                        ("config1", ct.c_ulong)]

        class _config2(ct.Union):
            _fields_ = [("bp_len", ct.c_ulong), ("kprobe_addr", ct.c_ulong), ("probe_offset", ct.c_ulong),
                        ("config2", ct.c_ulong)]

        _anonymous_ = ["_period_or_freq", "_wakeup", "_config1", "_config2"]
        _fields_ = [
            ("type", ct.c_uint), ("size", ct.c_uint), ("config", ct.c_ulong),
            ("_period_or_freq", _period_or_freq), ("sample_type", ct.c_ulong), ("read_format", ct.c_ulong),
        ] + [(name, ct.c_ulonglong, bits) for name, bits in (
            ("disabled", 1), ("inherit", 1), ("pinned", 1), ("exclusive", 1), ("exclude_user", 1),
            ("exclude_kernel", 1), ("exclude_hv", 1), ("exclude_idle", 1), ("mmap", 1), ("comm", 1), ("freq", 1),
            ("inherit_stat", 1), ("enable_on_exec", 1), ("task", 1), ("watermark", 1), ("precise_ip", 2),
            ("mmap_data", 1), ("sample_id_all", 1), ("exclude_host", 1), ("exclude_guest", 1),
            ("exclude_callchain_kernel", 1), ("exclude_callchain_user", 1), ("mmap2", 1), ("comm_exec", 1),
            ("use_clockid", 1), ("context_switch", 1), ("write_backward", 1), ("namespaces", 1), ("ksymbol", 1),
            ("bpf_event", 1), ("aux_output", 1), ("cgroup", 1), ("text_poke", 1), ("__reserved_1", 30))
        ] + [
            ("_wakeup", _wakeup), ("bp_type", ct.c_uint), ("_config1", _config1), ("_config2", _config2),
            ("branch_sample_type", ct.c_ulong), ("sample_regs_user", ct.c_ulong), ("sample_stack_user", ct.c_uint),
            ("clockid", ct.c_int), ("sample_regs_intr", ct.c_ulong), ("aux_watermark", ct.c_uint),
            ("sample_max_stack", ct.c_ushort), ("__reserved_2", ct.c_ushort), ("aux_sample_size", ct.c_uint),
            ("__reserved_3", ct.c_uint),
        ]

        def __init__(self, **fields):
            super().__init__(**fields)
            self.size = ct.sizeof(self)

        def __setattr__(self, name, value):
            if not hasattr(type(self), name):
                import warnings
                warnings.warn("perf_event_attr has no member %s" % name, stacklevel=2)
            super().__setattr__(name, value)

    @staticmethod
    def perf_custom_event_open(attr, pid=-1):
        """Opens the event on every online CPU, and leaves it open."""
        for cpu in get_online_cpus():
            Perf._open(attr, pid, cpu)

    @staticmethod
    def perf_event_open(tpoint_id, pid=-1, ptype=PERF_TYPE_TRACEPOINT, freq=0):
        attr = Perf.perf_event_attr(type=ptype, config=tpoint_id, sample_type=Perf.PERF_SAMPLE_RAW)
        if freq > 0:  # sampling: of hardware and software events
            attr.freq, attr.sample_freq = 1, freq
        else:
            attr.sample_period = 1
        Perf.perf_custom_event_open(attr, pid)

    @staticmethod
    def _open(attr, pid, cpu):
        import fcntl
        try:
            fd = _core.perf_event_open(attr, pid, cpu)
        except Exception as error:
            raise OSError(getattr(error, "code", 0), os.strerror(getattr(error, "code", 0))) from None
        if attr.type == Perf.PERF_TYPE_TRACEPOINT:
            # The event is wanted for its side effect; a filter that lets nothing through keeps its buffer quiet.
            fcntl.ioctl(fd, Perf.PERF_EVENT_IOC_SET_FILTER, b"common_pid == -17\0")
        fcntl.ioctl(fd, Perf.PERF_EVENT_IOC_ENABLE, 0)
