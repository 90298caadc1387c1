"""ctypes classes that lay out memory as the compiler did: made from the types that the compiled object describes.

Tables and events show the same C type in slightly different Python clothes (a pointer in a table is an integer,
`void *` in an event is a c_void_p), so a Layout is made for one of the two.
"""
import ctypes as ct

_SIGNED = {1: ct.c_byte, 2: ct.c_short, 4: ct.c_int, 8: ct.c_longlong, 16: ct.c_int64 * 2}
_UNSIGNED = {1: ct.c_ubyte, 2: ct.c_ushort, 4: ct.c_uint, 8: ct.c_ulonglong, 16: ct.c_uint64 * 2}
_FLOAT = {4: ct.c_float, 8: ct.c_double, 16: ct.c_longdouble}


class Layouts:
    """Those of one program."""

    def __init__(self, describe):
        self.of_tables = Layout(describe)
        self.of_events = Layout(describe, for_events=True)


class Layout:
    """Makes classes from type ids; `describe(id)` gives a type as bcc._core.Session.type() does."""

    def __init__(self, describe, for_events=False):
        self._describe = describe
        self._for_events = for_events
        self._classes = {}

    def cls(self, type_id):
        made = self._classes.get(type_id)
        if made is None:
            made = self._classes[type_id] = self._make(self._describe(type_id))
        return made

    def _make(self, described):
        kind, name, spelling, size, is_signed, element, count, _ = described
        if kind in ("struct", "union"):
            return self._record(described)
        if kind == "array":
            return self.cls(element) * count
        if kind == "bool":
            return ct.c_bool
        if kind == "char" or (self._for_events and spelling == "s8"):
            return ct.c_char
        if kind == "float":
            return _FLOAT[size]
        if kind == "pointer":
            return ct.c_void_p if self._for_events and "void *" in (name, spelling) else ct.c_ulonglong
        if kind == "void":
            return ct.c_ubyte * size
        return (_SIGNED if is_signed else _UNSIGNED)[size]

    def _record(self, described):
        if self._for_events:
            natural = self._natural(described)
            if natural is not None:
                return natural
        kind, name, _, size, _, _, _, fields = described
        return (_Union if kind == "union" else _Struct)(self, name, size, fields).make()

    def _natural(self, described):
        """The class as a script would write it by hand, if ctypes then agrees with the compiler; otherwise None."""
        kind, name, _, size, _, _, _, fields = described
        if any(bits or not field or offset % 8 for field, _, offset, bits in fields):
            return None
        base = ct.Union if kind == "union" else ct.Structure
        made = type(name, (base,), {"_fields_": [(field, self.cls(id)) for field, id, _, _ in fields]})
        fits = all(getattr(made, field).offset * 8 == offset for field, _, offset, _ in fields)
        return made if fits and ct.sizeof(made) == size else None


class _Record:
    """A record in the making: ordinary members in `fields`, bit-fields as properties over the bytes that hold them.

    ctypes has bit-fields of its own, but lays out those of several types differently from the compiler. So a record
    with bit-fields is made of two classes: one for the memory, and one over it with the members as declared.
    """

    base = ct.Structure

    def __init__(self, layout, name, size, members):
        self.layout, self.name, self.size, self.members = layout, name, size, members
        self.fields, self.anonymous, self.properties, self.bit_fields, self.shown = [], [], {}, [], []

    def make(self):
        self.place()
        body = {"_fields_": self.fields, "_pack_": 1, "_bit_fields_": self.bit_fields}
        if self.anonymous:
            body["_anonymous_"] = self.anonymous
        memory = type(self.name, (self.base,), body)
        if not self.bit_fields:
            for name, value in self.properties.items():
                setattr(memory, name, value)
            return memory
        over = type(self.name, (_WithBitFields,), {"_fields_": self.shown, "_memory_": memory, **self.properties})
        return type(self.name, (over, memory), {})

    def add(self, name, type_id, offset):
        cls = self.layout.cls(type_id)
        memory = cls
        if not name:
            name = "__anon%d" % len(self.anonymous)
            self.anonymous.append(name)
            memory = getattr(cls, "_memory_", cls)  # ctypes looks at the members of a class that is anonymous
            self.add_bit_fields_of(type_id, offset)
        self.fields.append((name, memory))
        self.shown.append((name, cls))
        return cls

    def add_bit_field(self, name, type_id, offset, bits):
        if not name:
            return
        cls = self.layout.cls(type_id)
        self.bit_fields.append((offset, name, cls, bits))
        self.shown.append((name, cls, bits))
        self.properties[name] = _bit_field(offset, bits, self.layout._describe(type_id)[4])

    def add_bit_fields_of(self, type_id, start):
        """Those of an anonymous record are members of this one, too."""
        for name, member, offset, bits in self.layout._describe(type_id)[7]:
            if bits and name:
                self.properties[name] = _bit_field(start + offset, bits, self.layout._describe(member)[4])
            elif not name and not bits:
                self.add_bit_fields_of(member, start + offset)


class _WithBitFields:
    """`_fields_` has all members; `_memory_` is the class of the memory that they are in."""

    def __init__(self, *values, **named):
        super().__init__()
        if len(values) > len(self._fields_):
            raise TypeError("too many initializers")
        for (name, *_), value in zip(self._fields_, values):
            if name in named:
                raise TypeError("duplicate values for field %r" % name)
            setattr(self, name, value)
        for name, value in named.items():
            setattr(self, name, value)


class _Struct(_Record):
    def place(self):
        end = 0
        for index, (name, type_id, offset, bits) in enumerate(self.members):
            if bits:
                self.add_bit_field(name, type_id, offset, bits)
                continue
            self.pad("__pad_%d" % index, offset // 8 - end)
            end = offset // 8 + ct.sizeof(self.add(name, type_id, offset))
        self.pad("__pad_end", self.size - end)

    def pad(self, name, count):
        if count > 0:
            self.fields.append((name, ct.c_char * count))


class _Union(_Record):
    base = ct.Union

    def place(self):
        for name, type_id, offset, bits in self.members:
            if bits:
                self.add_bit_field(name, type_id, offset, bits)
            else:
                self.add(name, type_id, offset)
        if max((ct.sizeof(cls) for _, cls in self.fields), default=0) < self.size:
            self.fields.append(("__pad_end", ct.c_char * self.size))


def _bit_field(offset, bits, is_signed):
    """A property for `bits` bits from bit `offset` of the record (little endian, as BPF's targets that we serve)."""
    first, shift = divmod(offset, 8)
    length = (shift + bits + 7) // 8
    mask = (1 << bits) - 1

    def get(record):
        value = (int.from_bytes(ct.string_at(ct.addressof(record) + first, length), "little") >> shift) & mask
        return value - (1 << bits) if is_signed and value >> (bits - 1) else value

    def put(record, value):
        at = ct.addressof(record) + first
        old = int.from_bytes(ct.string_at(at, length), "little")
        new = (old & ~(mask << shift)) | ((value & mask) << shift)
        ct.memmove(at, new.to_bytes(length, "little"), length)

    return property(get, put)
