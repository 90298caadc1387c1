"""Tables with a value for each CPU."""
import ctypes as ct

from ..lazy import lazy
from .arrays import ArrayBase
from .base import coerced
from .hashes import HashTable, Storage


class PerCpu:
    """A leaf is an array of one value a CPU. The kernel keeps them 8 bytes apart, so 4-byte ones are widened."""

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
        """The class of one CPU's slot: `cls` itself, or what holds it and fills up to 8 bytes."""
        if ct.sizeof(cls) % 8 == 0:
            return cls
        if cls is ct.c_uint:
            return ct.c_uint64
        if cls is ct.c_int:
            return ct.c_int64
        raise IndexError("Leaf must be aligned to 8 bytes")

    def getvalue(self, key):
        wide = self.Leaf()
        if not self._map.lookup(self._key(key), wide):
            raise KeyError
        return self._narrowed(wide)

    def _narrowed(self, wide):
        if wide._type_ is self.sLeaf:
            return wide  # as wide as it is, or narrowed before
        # Only the low half of a slot is the value: the rest is the kernel's to fill as it likes.
        narrow = (self.sLeaf * self.total_cpu)()
        for cpu in range(self.total_cpu):
            narrow[cpu] = wide[cpu]
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
        if isinstance(leaf, self.Leaf):
            return leaf
        wide = self.Leaf()
        if isinstance(leaf, ct.Array) and len(leaf) == self.total_cpu:
            for cpu in range(self.total_cpu):
                wide[cpu] = leaf[cpu]
            return wide
        return coerced(leaf, self.Leaf)

    def sum(self, key):
        return self.sLeaf(sum(self.getvalue(key)))

    def max(self, key):
        return self.sLeaf(max(self.getvalue(key)))

    def average(self, key):
        values = self.getvalue(key)
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
