"""Tables with a value for each CPU."""
import ctypes as ct

from ..lazy import lazy
from .arrays import ArrayBase
from .convert import coerced
from .hashes import HashTable, Storage

_WIDE = {**dict.fromkeys((ct.c_uint, ct.c_ushort, ct.c_ubyte), ct.c_uint64),
         **dict.fromkeys((ct.c_int, ct.c_short, ct.c_byte), ct.c_int64)}


class PerCpu:
    """A leaf is an array of one value a CPU. The kernel keeps them multiples of 8 bytes apart: others are widened."""

    reducer = None

    def __init__(self, bpf, map, keytype=None, leaftype=None):
        super().__init__(bpf, map, keytype, None)
        self._leaf_given = leaftype

    @lazy
    def sLeaf(self):
        return self._leaf_given or self._class_of(self._map.value_type, self._map.value_size)

    @lazy
    def total_cpu(self):
        return self._map.value_bytes // ((self._map.value_size + 7) // 8 * 8)

    @lazy
    def Leaf(self):
        return self._wide(self.sLeaf) * self.total_cpu

    def _wide(self, cls):
        """The class of one CPU's slot: `cls` itself, or what holds it and fills up to a multiple of 8 bytes."""
        rest = -ct.sizeof(cls) % 8
        if not rest:
            return cls
        if cls in _WIDE:
            return _WIDE[cls]
        fields = [("value", cls), ("__pad_end", ct.c_char * rest)]
        return type("slot", (ct.Structure,), {"_pack_": 1, "_fields_": fields})

    def getvalue(self, key):
        wide = self.Leaf()
        if not self._map.lookup(self._key(key), wide):
            raise KeyError
        return self._narrowed(wide)

    def _narrowed(self, wide):
        if wide._type_ is self.sLeaf:
            return wide  # as wide as it is, or narrowed before
        # Only the start of a slot is the value: the rest is the kernel's to fill as it likes.
        narrow = (self.sLeaf * self.total_cpu)()
        in_struct = issubclass(wide._type_, ct.Structure)
        for cpu in range(self.total_cpu):
            narrow[cpu] = wide[cpu].value if in_struct else wide[cpu]
        return narrow

    def _shown(self, leaf):
        values = self._narrowed(leaf)
        if not self.reducer:
            return values
        from functools import reduce
        return reduce(self.reducer, values)

    def __getitem__(self, key):
        return self._shown(self.getvalue(key))

    def _stored(self, leaf):
        """All CPUs' slots. A list or array has the value of each, a single value is the first CPU's; the rest is
        zero."""
        if isinstance(leaf, self.Leaf):
            return leaf
        if type(leaf) is self.sLeaf or isinstance(leaf, (int, float, ct._SimpleCData, ct.Structure, ct.Union)):
            return self._slots([leaf])
        if isinstance(leaf, (list, tuple)) or (isinstance(leaf, ct.Array) and leaf._type_ is not ct.c_char):
            return self._slots(leaf)
        return coerced(leaf, self.Leaf)

    def _slots(self, values):
        slots = self.Leaf()
        size = ct.sizeof(self.Leaf._type_)
        for cpu, value in enumerate(values):
            raw = bytes(coerced(value, self.sLeaf))
            if cpu < self.total_cpu:
                ct.memmove(ct.addressof(slots) + cpu * size, raw, len(raw))
            elif any(raw):
                raise ValueError("values of %d CPUs given, there are %d" % (len(values), self.total_cpu))
        return slots

    def _numbers(self, key):
        return [value[0] if isinstance(value, bytes) else value for value in self.getvalue(key)]

    def sum(self, key):
        return self.sLeaf(sum(self._numbers(key)))

    def max(self, key):
        return self.sLeaf(max(self._numbers(key)))

    def average(self, key):
        values = self._numbers(key)
        return sum(values) / len(values)


class PerCpuHash(PerCpu, HashTable):
    pass


class LruPerCpuHash(PerCpuHash):
    pass


class PerCpuArray(PerCpu, ArrayBase):
    def __delitem__(self, key):
        self.clearitem(key)


class PerCpuStorage(PerCpu, Storage):
    pass
