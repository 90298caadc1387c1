"""Tables whose keys come and go."""
from .base import TableBase


class HashTable(TableBase):
    pass


class LruHash(TableBase):
    pass


class LpmTrie(TableBase):
    def __len__(self):
        raise NotImplementedError


class MapInMapHash(TableBase):
    pass


class DevMap(TableBase):
    pass


class CpuMap(TableBase):
    pass


class XskMap(TableBase):
    pass


