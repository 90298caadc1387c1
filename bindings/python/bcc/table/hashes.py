"""Tables whose keys come and go."""
from .base import HoldsMaps, TableBase


class HashTable(TableBase):
    pass


class LruHash(HashTable):
    pass


class LpmTrie(TableBase):
    def __len__(self):
        raise NotImplementedError


class MapInMapHash(HoldsMaps, HashTable):
    pass


class SockMap(TableBase):
    """Sockets by index or key: descriptors go in, and only the program sees what is there."""


class Storage(TableBase):
    """Values of sockets, inodes, tasks or cgroups; keys are descriptors of these (of a task: a pidfd), and cannot be
    listed."""
