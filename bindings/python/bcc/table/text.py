"""Keys and leaves as text and back: 0x7, and { 0x1 "abc" [ 0x3 0x4 ] } for records and arrays; of a union, the first
member."""
import ctypes as ct
import re


def format_value(value):
    return _format(value).encode()


def _format(value):
    if isinstance(value, (ct.Structure, ct.Union)):
        return "{ %s }" % " ".join(_format(member) for member in _members(value))
    if isinstance(value, ct.Array):
        if value._type_ is ct.c_char:
            return '"%s"' % value.value.decode("latin-1")
        return "[ %s ]" % " ".join(_format(value._type_.from_buffer(value, i * ct.sizeof(value._type_)))
                                   for i in range(value._length_))
    if isinstance(value, BitField):
        return _number(value.value, value.bits)
    return _number(value.value, 8 * ct.sizeof(value)) if isinstance(value, ct._SimpleCData) else _number(value)


def _members(record):
    """Each field but the padding: a ctypes instance over the record's own memory, or a BitField."""
    fields = [field for field in record._fields_ if not field[0].startswith("__pad_")]
    for name, cls, *bits in fields[:1] if isinstance(record, ct.Union) else fields:
        yield BitField(record, name, bits[0]) if bits else cls.from_buffer(record, getattr(type(record), name).offset)


class BitField:
    def __init__(self, record, name, bits):
        self.record, self.name, self.bits = record, name, bits

    @property
    def value(self):
        return getattr(self.record, self.name)

    @value.setter
    def value(self, number):
        setattr(self.record, self.name, number)


def _number(value, bits=64):
    """In hexadecimal, a negative one as the bits that it has."""
    if isinstance(value, bytes):
        value = value[0] if value else 0
    if isinstance(value, float):
        return repr(value)
    return hex(int(value or 0) & ((1 << bits) - 1))


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}]|[^][\s{}]+')


def parse_value(text, cls, what="leaf"):
    if isinstance(text, str):
        text = text.encode()
    value = cls()
    tokens = _TOKEN.findall(text)
    try:
        _parse(iter(tokens), value)
    except (ValueError, StopIteration):
        raise Exception("Could not scanf %s: %r" % (what, text)) from None
    return value


def _parse(tokens, value):
    if isinstance(value, (ct.Structure, ct.Union)):
        _expect(tokens, b"{")
        for member in _members(value):
            _parse(tokens, member)
        _expect(tokens, b"}")
    elif isinstance(value, ct.Array) and value._type_ is ct.c_char:
        value.value = next(tokens).strip(b'"')
    elif isinstance(value, ct.Array):
        _expect(tokens, b"[")
        for i in range(value._length_):
            _parse(tokens, value._type_.from_buffer(value, i * ct.sizeof(value._type_)))
        _expect(tokens, b"]")
    else:
        number = next(tokens)
        if isinstance(value, (ct.c_float, ct.c_double)):
            value.value = float(number)
        elif isinstance(value, ct.c_char):
            value.value = bytes([int(number, 0)])
        else:
            value.value = int(number, 0)


def _expect(tokens, wanted):
    if next(tokens) != wanted:
        raise ValueError(wanted)
