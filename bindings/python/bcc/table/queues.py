"""Queues and stacks: tables without keys."""
from .base import Described
from .convert import coerced


class QueueStack(Described):
    BPF_EXIST = 2

    def push(self, leaf, flags=0):
        """Adds a leaf; with BPF_EXIST as flags the oldest one gives way when the table is full."""
        stored = coerced(leaf, self.Leaf)
        try:
            self._map.update(None, stored, flags)
        except Exception as error:
            raise Exception("Could not push to table: %s" % error) from None

    def pop(self):
        leaf = self.Leaf()
        if not self._map.lookup_and_delete(None, leaf):
            raise KeyError("Could not pop from table")
        return leaf

    def peek(self):
        leaf = self.Leaf()
        if not self._map.lookup(None, leaf):
            raise KeyError("Could not peek table")
        return leaf

    def itervalues(self):
        """Pops until the table is empty, or max_entries have come."""
        for _ in range(self.max_entries):
            try:
                leaf = self.pop()
            except KeyError:
                return
            yield leaf

    def values(self):
        return list(self.itervalues())
