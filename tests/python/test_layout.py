"""ctypes classes have the memory layout that the compiler described."""
import ctypes as ct

import pytest

from bcc.layout import Layout


class Types:
    """A list of type descriptions as the core gives them, with ids by position."""

    def __init__(self):
        self.list = []
        self.void = self.add("void")
        self.u8 = self.add("int", "unsigned char", 1)
        self.s8 = self.add("int", "signed char", 1, is_signed=True, spelling="s8")
        self.char = self.add("char", "char", 1, is_signed=True)
        self.u32 = self.add("int", "unsigned int", 4, spelling="u32")
        self.s32 = self.add("int", "int", 4, is_signed=True)
        self.u64 = self.add("int", "unsigned long long", 8, spelling="u64")
        self.bool = self.add("bool", "_Bool", 1)
        self.pointer = self.add("pointer", "struct sock *", 8)
        self.void_pointer = self.add("pointer", "void *", 8)

    def add(self, kind, name="", size=0, is_signed=False, spelling="", element=0, count=0, fields=()):
        self.list.append((kind, name, spelling or name, size, is_signed, element, count, tuple(fields)))
        return len(self.list) - 1

    def array(self, element, count):
        return self.add("array", size=self.list[element][3] * count, element=element, count=count)

    def struct(self, name, size, *fields, kind="struct"):
        return self.add(kind, name, size, fields=[(f + (0,))[:4] for f in fields])

    def table(self, type_id):
        return Layout(self.list.__getitem__).cls(type_id)

    def event(self, type_id):
        return Layout(self.list.__getitem__, for_events=True).cls(type_id)


@pytest.fixture
def types():
    return Types()


def test_a_table_struct_has_its_padding_as_members(types):
    cls = types.table(types.struct("key_t", 24, ("pid", types.u32, 0), ("ts", types.u64, 64), ("c", types.char, 128)))
    assert cls.__name__ == "key_t"
    assert [name for name, _ in cls._fields_] == ["pid", "__pad_1", "ts", "c", "__pad_end"]
    assert (cls.ts.offset, cls.c.offset, ct.sizeof(cls)) == (8, 16, 24)


def test_an_event_struct_is_what_a_script_would_have_written(types):
    cls = types.event(types.struct("data_t", 24, ("pid", types.u32, 0), ("ts", types.u64, 64), ("c", types.char, 128)))
    assert [name for name, _ in cls._fields_] == ["pid", "ts", "c"]
    assert (cls.ts.offset, ct.sizeof(cls)) == (8, 24)


def test_a_packed_event_struct_keeps_its_offsets(types):
    cls = types.event(types.struct("data_t", 9, ("flag", types.u8, 0), ("ts", types.u64, 8)))
    assert cls.from_buffer_copy(b"\1" + (77).to_bytes(8, "little")).ts == 77


def test_char_arrays_read_as_bytes_up_to_the_first_nul(types):
    cls = types.event(types.struct("data_t", 16, ("comm", types.array(types.char, 16), 0)))
    assert cls.from_buffer_copy(b"cat\0garbage_____").comm == b"cat"


def test_arrays_of_arrays_have_all_dimensions(types):
    rows = types.array(types.array(types.u32, 3), 2)
    cls = types.table(types.struct("m_t", 32, ("m", rows, 0), ("x", types.u64, 192)))
    value = cls.from_buffer_copy(bytes(range(32)))
    assert ct.sizeof(cls) == 32 and value.m[1][2] == int.from_bytes(bytes(range(20, 24)), "little")


def test_nested_and_anonymous_records(types):
    inner = types.struct("", 8, ("v4", types.u32, 0), ("v6", types.array(types.u8, 8), 0), kind="union")
    pair = types.struct("pair", 8, ("a", types.u32, 0), ("b", types.u32, 32))
    outer = types.struct("data_t", 24, ("pid", types.u32, 0), ("", inner, 64), ("p", pair, 128))
    for cls in (types.table(outer), types.event(outer)):
        value = cls.from_buffer_copy(bytes(range(24)))
        assert value.v4 == 0x0B0A0908 and bytes(value.v6) == bytes(range(8, 16)) and value.p.b == 0x17161514
        assert ct.sizeof(cls) == 24


def test_a_union_is_as_large_as_the_compiler_says(types):
    cls = types.table(types.struct("u", 16, ("n", types.u64, 0), ("c", types.array(types.char, 9), 0), kind="union"))
    assert ct.sizeof(cls) == 16


def test_bit_fields_of_several_types(types):
    cls = types.table(types.struct("bits", 8, ("a", types.u32, 0, 3), ("b", types.s32, 3, 5), ("c", types.u64, 8, 40),
                                   ("d", types.u8, 48)))
    assert ct.sizeof(cls) == 8
    raw = 0b101 | (0b11110 << 3) | (0x123456789A << 8) | (7 << 48)
    value = cls.from_buffer_copy(raw.to_bytes(8, "little"))
    assert (value.a, value.b, value.c, value.d) == (5, -2, 0x123456789A, 7)
    value.c = 0xFF
    value.b = 1
    assert (value.a, value.b, value.c, value.d) == (5, 1, 0xFF, 7)


def bits_struct(types):
    return types.struct("bits", 16, ("a", types.u32, 0, 3), ("", types.u32, 3, 5), ("c", types.u64, 8, 40),
                        ("d", types.s32, 64), ("e", types.s32, 96, 7))


def test_bit_fields_are_members_as_all_others(types):
    for cls in (types.table(bits_struct(types)), types.event(bits_struct(types))):
        assert [name for name, *_ in cls._fields_] == ["a", "c", "d", "e"] == [field[0] for field in cls()._fields_]
        assert [field[2:] for field in cls._fields_] == [(3,), (40,), (), (7,)]
        value = cls(2, 4, 1, -5)
        assert (value.a, value.c, value.d, value.e) == (2, 4, 1, -5)
        named = cls(2, e=-5, d=1)
        assert (named.a, named.c, named.d, named.e) == (2, 0, 1, -5)
        assert bytes(cls.from_buffer_copy(value)) == bytes(value)
        assert cls.__name__ == "bits" and isinstance(value, ct.Structure)
        assert (cls * 2)()[1].c == 0 and ct.sizeof(cls) == 16
        with pytest.raises(TypeError, match="too many initializers"):
            cls(1, 2, 3, 4, 5)
        with pytest.raises(TypeError, match="duplicate values for field 'a'"):
            cls(1, a=1)


def test_bit_fields_within_others(types):
    anonymous = types.struct("", 8, ("p", types.u32, 0, 4), ("q", types.u32, 4, 28), ("z", types.u32, 32))
    inner = bits_struct(types)
    cls = types.table(types.struct("outer", 32, ("x", types.u32, 0, 3), ("", anonymous, 64), ("in", inner, 128)))
    value = cls(x=5, p=3, q=77, z=8)
    getattr(value, "in").c = 9
    assert (value.x, value.p, value.q, value.z, getattr(value, "in").c) == (5, 3, 77, 8, 9)
    raw = bytes(value)
    assert int.from_bytes(raw[8:16], "little") == 3 | 77 << 4 | 8 << 32 and raw[17] == 9
    plain = types.table(types.struct("outer", 16, ("y", types.u8, 0), ("", anonymous, 64)))
    value = plain(y=1, z=4)
    value.q = 6
    assert (value.y, value.p, value.q, value.z) == (1, 0, 6, 4)


def test_bit_fields_in_a_union(types):
    cls = types.table(types.struct("flags", 4, ("all", types.u32, 0), ("low", types.u32, 0, 4), kind="union"))
    value = cls(0x35)
    assert value.low == 5 and [name for name, *_ in cls._fields_] == ["all", "low"]
    value.low = 9
    assert value.all == 0x39


def test_signs_and_small_types(types):
    assert types.table(types.s8)(-1).value == -1
    assert types.table(types.u8)(255).value == 255
    assert types.table(types.char)(b"x").value == b"x"
    assert types.table(types.bool)(True).value is True
    assert types.table(types.add("enum", "state", 4))(3).value == 3
    assert ct.sizeof(types.table(types.add("int", "__int128", 16, is_signed=True))) == 16
    assert types.table(types.add("float", "double", 8))(0.5).value == 0.5


def test_pointers_are_numbers_in_tables_and_void_pointers_in_events(types):
    assert types.table(types.pointer)(5).value == 5
    assert types.event(types.pointer)(5).value == 5
    assert types.event(types.void_pointer) is ct.c_void_p


def test_a_class_is_made_once(types):
    struct = types.struct("key_t", 4, ("pid", types.u32, 0))
    layout = Layout(types.list.__getitem__)
    assert layout.cls(struct) is layout.cls(struct)
