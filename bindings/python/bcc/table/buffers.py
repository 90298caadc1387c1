"""Tables that events come out of: perf buffers and ring buffers."""
import ctypes as ct
import os

from .._core import EventReader, perf_event_enable, perf_event_open
from ..lazy import lazy
from ..utils import get_online_cpus
from .arrays import Emptying
from .base import Described


def _address_of(data):
    """The address in whatever a script may hand to event(): a ctypes pointer, bytes, an array."""
    return ct.cast(data, ct.c_void_p).value


class Events:
    @lazy
    def event(self):
        """event(data) shows the record at the address that a callback was given, without copying it."""
        type_id = self._map.event_type
        if type_id is None:
            raise Exception("%s: nothing in the program is submitted to this table, so the record's type is not known; "
                            "define it with ctypes and use ct.cast(data, ct.POINTER(TYPE)).contents" % self._map.name)
        cls = self._layouts.of_events.cls(type_id)
        return EventReader(cls, ct.sizeof(cls), _address_of)

    def lost(self):
        """How many events found no room in the buffer so far."""
        return self._map.lost


class PerfEventArray(Events, Emptying):
    def __init__(self, bpf, map, keytype=None, leaftype=None):
        self._open_key_fds = {}
        super().__init__(bpf, map, keytype, leaftype)

    def open_perf_buffer(self, callback, page_cnt=8, lost_cb=None, wakeup_events=1):
        """callback(cpu, data, size) for each event, lost_cb(count) for those that found no room, once polled."""
        if page_cnt < 1 or page_cnt & (page_cnt - 1):
            raise Exception("Perf buffer page_cnt must be a power of two")
        self._open_perf_buffer(-1, callback, page_cnt, lost_cb, wakeup_events)

    def _open_perf_buffer(self, cpu, callback, page_cnt, lost_cb, wakeup_events):
        """That of one CPU, beside those of others; of all for -1."""
        try:
            self._map.open_perf_buffer(callback, lost_cb, page_cnt, wakeup_events, cpu)
        except Exception as error:
            raise Exception("Could not open perf buffer: %s" % error) from None
        for each in get_online_cpus() if cpu < 0 else [cpu]:
            self.bpf.perf_buffers[(id(self), each)] = self

    def open_perf_event(self, typ, config, pid=-1):
        """Puts a counter of each CPU into the table, for the program's perf_read()."""
        from ..perf import Perf
        attr = Perf.perf_event_attr()
        attr.type, attr.config = typ, config
        for cpu in get_online_cpus():
            self._open_counter(cpu, attr, pid)

    def _open_counter(self, cpu, attr, pid):
        try:
            fd = perf_event_open(attr, pid, cpu)
            perf_event_enable(fd)
        except Exception as error:
            raise Exception("bpf_open_perf_event failed: %s" % error) from None
        self._forget(cpu)
        self._open_key_fds[cpu] = fd
        self[cpu] = self.Leaf(fd)

    def _forget(self, cpu):
        fd = self._open_key_fds.pop(cpu, -1)
        if fd >= 0:
            os.close(fd)

    def __delitem__(self, key):
        key = self._key(key)
        self._map.remove(key)
        self._forget(key.value)

    def clear(self):
        for index in range(len(self)):
            del self[index]

    def close(self):
        for cpu in list(self._open_key_fds):
            self._forget(cpu)

    __del__ = close


class RingBuf(Events, Described):
    def open_ring_buffer(self, callback, ctx=None, lost_cb=None):
        """callback(ctx, data, size) for each event; a negative result ends the current poll. lost_cb(count) for those
        that found no room; without one they are said on standard error."""
        try:
            self._map.open_ring_buffer(callback, ctx, lost_cb)
        except Exception as error:
            raise Exception("Could not open ring buffer: %s" % error) from None
        self.bpf._ring_buffers.append(self)

    def __len__(self):
        return 0

    def __bool__(self):
        return True
