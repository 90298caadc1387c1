"""What all tables with keys have in common: a mapping from ctypes keys to ctypes leaves, live in the kernel."""
import ctypes as ct
from _collections_abc import MutableMapping
from _weakref import ref

from ..lazy import lazy
from .batch import Batches
from .convert import coerced
from .histogram import Histograms


class Described:
    """A table's handle on its map, and the facts that scripts read off it."""

    def __init__(self, bpf, map, keytype=None, leaftype=None):
        self._bpf = ref(bpf)  # which has its tables: a strong one would make a circle
        self._layouts = bpf._layouts
        self._map = map
        self._name = map.name.encode()
        if keytype is not None:
            self.Key = keytype
        if leaftype is not None:
            self.Leaf = leaftype

    @property
    def bpf(self):
        return self._bpf()

    @lazy
    def Key(self):
        return self._class_of(self._map.key_type, self._map.key_size)

    @lazy
    def Leaf(self):
        return self._class_of(self._map.value_type, self._map.value_size)

    def _class_of(self, type_id, size):
        if type_id is None:  # a map that says only how large its keys and values are
            return {1: ct.c_ubyte, 2: ct.c_ushort, 4: ct.c_uint, 8: ct.c_ulonglong}.get(size, ct.c_ubyte * size)
        return self._layouts.of_tables.cls(type_id)

    @lazy
    def map_fd(self):
        return self._map.fd

    @lazy
    def map_id(self):
        return self._map.id

    @lazy
    def ttype(self):
        return self._map.type

    @lazy
    def flags(self):
        return self._map.flags

    @lazy
    def max_entries(self):
        return self._map.max_entries

    def get_fd(self):
        return self._map.fd

    def leaf_sprintf(self, leaf):
        from .text import format_value
        return format_value(leaf)

    def leaf_scanf(self, leaf_str):
        from .text import parse_value
        return parse_value(leaf_str, self.Leaf)


class TableBase(Described, Batches, Histograms, MutableMapping):
    """Iterating gives fresh keys; items() and values() are lists; a value is a ctypes instance: use its .value."""

    def key_sprintf(self, key):
        return self.leaf_sprintf(key)

    def key_scanf(self, key_str):
        from .text import parse_value
        return parse_value(key_str, self.Key, "key")

    def _key(self, key):
        return coerced(key, self.Key)

    def __getitem__(self, key):
        leaf = self.Leaf()
        if not self._map.lookup(self._key(key), leaf):
            raise KeyError
        return leaf

    def __setitem__(self, key, leaf):
        self._update(self._key(key), self._stored(leaf))

    def _stored(self, leaf):
        return coerced(leaf, self.Leaf)

    def _update(self, key, leaf):
        try:
            self._map.update(key, leaf, 0)
        except Exception as error:
            raise Exception("Could not update table: %s" % error) from None

    def __delitem__(self, key):
        if not self._map.remove(self._key(key)):
            raise KeyError

    def __len__(self):
        return self._map.count_elements()

    def __iter__(self):
        key = None
        while True:
            following = self.Key()
            if not self._map.next_key(key, following):
                return
            yield following
            key = self.Key.from_buffer_copy(following)  # whatever the script does to the one it has

    def next(self, key):
        following = self.Key()
        if not self._map.next_key(None if key is None else self._key(key), following):
            raise StopIteration()
        return following

    def iter(self):
        return self.Iter(self)

    class Iter:
        """Goes through the keys of a table."""

        def __init__(self, table):
            self.table = table
            self.key = None

        def __iter__(self):
            return self

        def __next__(self):
            self.key = self.table.next(self.key)
            return self.table.Key.from_buffer_copy(self.key)

        next = __next__

    def keys(self):
        return iter(self)

    def _shown(self, leaf):
        """What scripts get of a leaf that was read."""
        return leaf

    def items(self):
        return list(self._decoded(*self._map.elements()))

    def values(self):
        return [leaf for _, leaf in self.items()]

    def iteritems(self):
        yield from self._decoded(*self._map.elements())

    def itervalues(self):
        return (leaf for _, leaf in self.iteritems())

    def clear(self):
        self._map.remove_all_elements()

    def zero(self):
        keys, values = self._map.elements()
        if keys:
            self._map.update_elements(keys, bytes(len(values)), len(keys) // self._map.key_size)

    # A table is what it is, whatever it holds: comparing one with another need not read both out of the kernel.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self):
        return "<%s %s>" % (type(self).__name__, self._map.name)


class HoldsMaps:
    """A table whose elements are tables: an element is put in as the inner table or its descriptor, and read as its
    id."""

    def _stored(self, leaf):
        return super()._stored(leaf.map_fd if isinstance(leaf, Described) else leaf)
