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
        """The addresses of a stack, innermost first, or resolve(address) of each. KeyError if there is no such
        stack."""
        return self.StackWalker(self[stack_id], self.flags, resolve)

    class StackWalker:
        """Goes through the addresses in a leaf."""

        def __init__(self, stack, flags, resolve=None):
            self.stack, self.flags, self.resolve = stack, flags, resolve
            self._frames = _valid_frames(stack, flags & StackTrace.BPF_F_STACK_BUILD_ID)

        def __iter__(self):
            return self

        def __next__(self):
            frame = next(self._frames)
            return self.resolve(frame) if self.resolve else frame

        next = __next__

    def lost(self):
        """How many stacks get_stackid() could not keep: another stack had their place, or there was none left."""
        return self._map.lost

    @property
    def collisions(self):
        """How many of lost() had another stack in their place."""
        return self._map.collisions

    def clear(self):
        """Stacks are evicted by the kernel; dropping one that a map still names would lose it."""


def _valid_frames(stack, with_build_id):
    for frame in _frames(stack):
        if frame.status != StackTrace.BPF_STACK_BUILD_ID_VALID if with_build_id else frame == 0:
            return
        yield frame


def _frames(stack):
    """The frames in a leaf, which is an array or a record around one."""
    if isinstance(stack, ct.Structure):
        return getattr(stack, stack._fields_[0][0])
    return stack
