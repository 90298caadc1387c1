"""Tables that always have all their entries, from 0 to max_entries - 1."""
import os
from operator import index as index_of

from .base import HoldsMaps, TableBase
from .convert import is_ctypes


class ArrayBase(TableBase):
    def _key(self, key):
        if is_ctypes(key):
            number = getattr(key, "value", None)
            index = number if isinstance(number, int) else int.from_bytes(bytes(key), "little")
        else:
            try:
                index = index_of(key)
            except TypeError:
                raise IndexError("Array index must be an integer type") from None
            index = index + len(self) if index < 0 else index
        if not 0 <= index < len(self):
            raise IndexError("Array index out of range")
        return self.Key(index)

    def __len__(self):
        return self.max_entries

    def __iter__(self):
        return (self.Key(index) for index in range(len(self)))

    def next(self, key):
        following = 0 if key is None else self._key(key).value + 1
        if following >= len(self):
            raise StopIteration()
        return self.Key(following)

    def clearitem(self, key):
        self[key] = self.Leaf()

    def clear(self):
        self.zero()

    def items_lookup_and_delete_batch(self):
        """Entries cannot be taken out of an array: they are set to zero."""
        for key, leaf in self.items():
            yield key, leaf
            self.clearitem(key)

    def items_delete_batch(self, ct_keys=None):
        if ct_keys is None:
            self.clear()
        else:
            super().items_delete_batch(ct_keys)


class Array(ArrayBase):
    def __delitem__(self, key):
        self.clearitem(key)


class Emptying(ArrayBase):
    """Arrays of descriptors: what is not set is not there."""

    def __delitem__(self, key):
        if not self._map.remove(self._key(key)):
            raise KeyError

    def clear(self):
        for index in range(len(self)):
            self._map.remove(self.Key(index))

    zero = clear


class ProgArray(Emptying):
    def _stored(self, leaf):
        """A program's descriptor, or the Function that load_func() gave."""
        return super()._stored(leaf.fd if hasattr(leaf, "fd") else leaf)


class CgroupArray(Emptying):
    def __setitem__(self, key, leaf):
        """A descriptor of a cgroup's directory, or its path."""
        if isinstance(leaf, int) or is_ctypes(leaf):
            super().__setitem__(key, leaf)
        elif isinstance(leaf, (str, os.PathLike)):
            fd = os.open(leaf, os.O_RDONLY)
            try:
                super().__setitem__(key, fd)
            finally:
                os.close(fd)
        else:
            raise Exception("Cgroup array key must be either FD or cgroup path")


class MapInMapArray(HoldsMaps, Emptying):
    pass


class DevMap(Emptying):
    pass


class CpuMap(Emptying):
    pass


class XskMap(Emptying):
    pass
