"""Bytes of keys and leaves from what scripts hand in: ctypes instances, numbers, bytes.

BCC gives the kernel a pointer to the script's object, whatever its size; the kernel then reads on behind a shorter one.
Here a shorter one is followed by zeros, and a longer one has to be zero beyond the end of the key or leaf.
"""
import ctypes as ct
from operator import index

_FLOATS = (ct.c_float, ct.c_double, ct.c_longdouble)
_BYREF = type(ct.byref(ct.c_int()))


def is_ctypes(value):
    return isinstance(value, (ct._SimpleCData, ct.Structure, ct.Union, ct.Array, ct._Pointer))


def coerced(value, cls):
    """`value` as an object whose buffer has exactly the size of `cls`."""
    if type(value) is cls:
        return value
    if isinstance(value, ct._SimpleCData):
        return _of_simple(value, cls)
    if isinstance(value, _BYREF):
        return _padded(_referred(value), cls, value)
    if isinstance(value, ct._Pointer) and ct.sizeof(cls) != ct.sizeof(value):
        return _of_pointer(value, cls)
    if isinstance(value, str) and not issubclass(cls, ct._SimpleCData):
        value = _encoded(value)
    try:
        raw = memoryview(value).tobytes()
    except TypeError:
        return _of_number(value, cls)
    if len(raw) == ct.sizeof(cls):
        return value if is_ctypes(value) else raw
    return _padded(raw, cls, value)


def _of_simple(value, cls):
    """An instance of c_int and the like: the number in it, if numbers are wanted."""
    if ct.sizeof(value) == ct.sizeof(cls):
        return value
    if isinstance(value, ct.c_char_p):  # the text, not its address
        return _padded(value.value or b"", cls, value)
    if issubclass(cls, ct._SimpleCData) and not isinstance(value.value, (bytes, str)):
        return _of_number(value.value or 0, cls)
    return _padded(bytes(value), cls, value)


def _of_number(value, cls):
    if not issubclass(cls, ct._SimpleCData):
        raise _wrong(value, cls)
    if isinstance(value, float) or issubclass(cls, (*_FLOATS, ct.c_bool)):
        return cls(value)
    try:
        value = index(value)
    except TypeError:
        raise _wrong(value, cls) from None
    bits = 8 * ct.sizeof(cls)
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise ValueError("%d does not fit into %d bytes" % (value, ct.sizeof(cls)))
    return cls.from_buffer_copy((value & (1 << bits) - 1).to_bytes(ct.sizeof(cls), "little"))


def _of_pointer(value, cls):
    """What a pointer points to, when it says that this has the right size."""
    if not value or ct.sizeof(value._type_) != ct.sizeof(cls):
        raise _wrong(value, cls)
    return value.contents


def _referred(reference):
    """The bytes from where ct.byref(object, offset) points to the object's end."""
    offset = ct.cast(reference, ct.c_void_p).value - ct.addressof(reference._obj)
    return bytes(reference._obj)[offset:]


def _padded(raw, cls, value):
    size = ct.sizeof(cls)
    if any(raw[size:]):
        raise ValueError("a %s of %d bytes is wanted: %r has %d, which are not zero beyond that"
                         % (_name(cls), size, value, len(raw)))
    return cls.from_buffer_copy(raw[:size].ljust(size, b"\0"))


def _encoded(text):
    from os import fsencode
    return fsencode(text)


def _wrong(value, cls):
    return TypeError("a %s of %d bytes is wanted, not %r" % (_name(cls), ct.sizeof(cls), value))


def _name(cls):
    return cls.__name__ or "struct"
