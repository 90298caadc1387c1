"""Stack traces by their ids."""
import ctypes as ct

from .base import TableBase


class StackTrace(TableBase):
    MAX_DEPTH = 127
    BPF_F_STACK_BUILD_ID = 1 << 5
    BPF_STACK_BUILD_ID_EMPTY = 0
    BPF_STACK_BUILD_ID_VALID = 1
    BPF_STACK_BUILD_ID_IP = 2

    def _key(self, key):
        return self.Key(key) if isinstance(key, int) else super()._key(key)

    def walk(self, stack_id, resolve=None):
        """The addresses of a stack, innermost first, or resolve(address) of each. KeyError if there is no such stack."""
        stack = self[stack_id]
        return self._walk(stack, resolve)

    def _walk(self, stack, resolve):
        with_build_id = self.flags & self.BPF_F_STACK_BUILD_ID
        for frame in _frames(stack):
            if with_build_id:
                if frame.status != self.BPF_STACK_BUILD_ID_VALID:
                    return
            elif frame == 0:
                return
            yield resolve(frame) if resolve else frame

    def lost(self):
        """How many stacks get_stackid() could not keep: another stack had their place, or there was none left."""
        return self._map.lost

    @property
    def collisions(self):
        """How many of lost() had another stack in their place."""
        return self._map.collisions

    def clear(self):
        """Stacks are evicted by the kernel; dropping one that a map still names would lose it."""


def _frames(stack):
    """The frames in a leaf, which is an array or a record around one."""
    if isinstance(stack, ct.Structure):
        return getattr(stack, stack._fields_[0][0])
    return stack
