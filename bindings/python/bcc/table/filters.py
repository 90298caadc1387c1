"""Bloom filters: sets that answer "no" or "perhaps", and that nobody can list."""
from .base import Described
from .convert import coerced


class BloomFilter(Described):
    def push(self, leaf):
        """Adds a leaf."""
        self._map.update(None, coerced(leaf, self.Leaf), 0)

    def __contains__(self, leaf):
        """False if the leaf was never added; True if it may have been."""
        return self._map.lookup(None, coerced(leaf, self.Leaf))
