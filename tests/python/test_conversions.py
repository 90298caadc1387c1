"""What becomes of a Python object on its way into a key or a leaf: every kind of object, in every kind of table."""
import array
import ctypes as ct
import os

import pytest

from bcc.table.convert import coerced


class Pair(ct.Structure):
    _fields_ = [("a", ct.c_uint), ("b", ct.c_uint)]


class Text(ct.Structure):
    _fields_ = [("text", ct.c_char * 12)]


PAIR = Pair(1, 2)
RAW = bytes(PAIR)


@pytest.mark.parametrize("value, cls, wanted", [
    (PAIR, Pair, RAW), (RAW, Pair, RAW), (bytearray(RAW), Pair, RAW), (memoryview(RAW), Pair, RAW),
    (array.array("I", [1, 2]), Pair, RAW), ((ct.c_uint * 2)(1, 2), Pair, RAW), (ct.c_ulonglong(2 << 32 | 1), Pair, RAW),
    (ct.byref(PAIR), Pair, RAW), (ct.byref(PAIR, 4), Pair, bytes(ct.c_ulonglong(2))), (ct.pointer(PAIR), Text, None),
    (ct.c_uint(1), Pair, bytes(Pair(1))), (b"\1", Pair, bytes(Pair(1))), (b"", Pair, bytes(8)),
    (ct.create_string_buffer(b"Hey root!"), Text, b"Hey root!\0\0\0"), (b"twelve bytes", Text, b"twelve bytes"),
    (ct.create_string_buffer(b"twelve bytes"), Text, b"twelve bytes"),
    (ct.create_string_buffer(b"long", 99), Text, b"long".ljust(12, b"\0")),
    ("text", Text, b"text".ljust(12, b"\0")), (ct.c_char_p(b"text"), Text, b"text".ljust(12, b"\0")),
    (Pair(1), ct.c_uint, bytes(ct.c_uint(1))), (b"\1\0\0\0\0", ct.c_uint, b"\1\0\0\0"), (b"\1", ct.c_uint, b"\1\0\0\0"),
    (7, ct.c_uint, b"\7\0\0\0"), (-1, ct.c_uint, b"\xff" * 4), (-1, ct.c_ulonglong, b"\xff" * 8),
    (True, ct.c_bool, b"\1"), (65, ct.c_char, b"A"),
    (ct.c_int(-1), ct.c_ulonglong, b"\xff" * 8), (ct.c_int(-1), ct.c_uint, b"\xff" * 4),
    (ct.c_longlong(-2), ct.c_int, bytes(ct.c_int(-2))),
    (ct.c_ulonglong(5), ct.c_ushort, b"\5\0"), (ct.c_ubyte(200), ct.c_uint, bytes(ct.c_uint(200))),
    (ct.c_char(b"A"), ct.c_uint, b"A\0\0\0"),
    (1.5, ct.c_double, bytes(ct.c_double(1.5))), (1, ct.c_float, bytes(ct.c_float(1))),
    (ct.c_void_p(None), ct.c_uint, bytes(4))])
def test_bytes_of_an_object(value, cls, wanted):
    if wanted is None:
        with pytest.raises(TypeError):
            coerced(value, cls)
    else:
        assert bytes(coerced(value, cls)) == wanted


def test_a_pointer_counts_as_its_address_or_what_it_points_to():
    text = Text(b"there")
    assert bytes(coerced(ct.pointer(text), Text)) == bytes(text)
    assert bytes(coerced(ct.pointer(text), ct.c_ulonglong)) == bytes(ct.c_ulonglong(ct.addressof(text)))
    with pytest.raises(TypeError):
        coerced(ct.POINTER(Text)(), Text)


@pytest.mark.parametrize("value, cls", [
    (b"thirteen byte", Text), (ct.create_string_buffer(b"thirteen byte"), Text), (PAIR, ct.c_uint),
    (1 << 32, ct.c_uint), (-(1 << 31) - 1, ct.c_uint),
    (ct.c_ulonglong(1 << 32), ct.c_uint), (256, ct.c_ubyte)])
def test_what_is_too_long_is_refused_unless_it_is_zero_there(value, cls):
    with pytest.raises(ValueError):
        coerced(value, cls)


@pytest.mark.parametrize("value, cls", [
    (None, Pair), (7, Pair), ([1, 2], Pair), (object(), ct.c_uint), ("7", ct.c_uint), (1.5, ct.c_uint),
    (None, ct.c_uint)])
def test_what_has_no_bytes_is_refused(value, cls):
    with pytest.raises(TypeError):
        coerced(value, cls)


def test_values_of_other_sizes_in_a_hash(tables):
    table = tables("struct name { char text[12]; }; struct key { u32 a; u64 b; };"
                   "BPF_HASH(names, struct key, struct name);")["names"]
    key = table.Key(5)
    table[b"\5"] = ct.create_string_buffer(b"Hey root!")
    assert table[key].text == table[ct.c_int(5)].text == table[ct.byref(key)].text == b"Hey root!"
    assert ct.c_int(5) in table and table.get(b"\6") is None and table.next(ct.c_int(6)).a == 5
    table[ct.c_int(5)] = "str"
    assert table[key].text == b"str"
    with pytest.raises(ValueError, match="12 bytes is wanted: .* has 14"):
        table[key] = b"fourteen bytes"
    del table[ct.c_int(5)]
    assert len(table) == 0
    with pytest.raises(KeyError):
        del table[b"\5"]


def test_batches_of_other_sizes(tables):
    b = tables("BPF_HASH(wide, u64, u64, 8); BPF_ARRAY(numbers, u64, 4);")
    b["wide"].items_update_batch((ct.c_int * 3)(1, 2, -3), (ct.c_ubyte * 3)(10, 20, 30))
    assert {key.value: leaf.value for key, leaf in b["wide"].items()} == {1: 10, 2: 20, (1 << 64) - 3: 30}
    b["wide"].items_delete_batch((ct.c_int * 2)(1, 2))
    assert [key.value for key in b["wide"]] == [(1 << 64) - 3]
    b["numbers"].items_update_batch((ct.c_ubyte * 2)(1, 3), (ct.c_uint * 2)(7, 9))
    assert [leaf.value for leaf in b["numbers"].values()] == [0, 7, 0, 9]
    with pytest.raises(ValueError):
        b["wide"].items_update_batch((ct.c_int * 1)(1), (ct.c_ubyte * 10 * 1)((1,) * 10))


def test_a_short_key_of_a_trie(tables):
    trie = tables("struct key { u32 bits; u8 address[16]; }; BPF_LPM_TRIE(nets, struct key, u64, 8);")["nets"]
    trie[bytes([32, 0, 0, 0, 10, 0, 0, 1])] = 5
    assert trie[trie.Key(32, (ct.c_ubyte * 16)(10, 0, 0, 1))].value == 5
    assert trie[(ct.c_uint * 2)(32, 0x0100000A)].value == 5


def test_indexes_of_arrays(tables):
    table = tables("BPF_ARRAY(numbers, u32, 300);")["numbers"]
    for index in (ct.c_ubyte(7), ct.c_longlong(7), ct.c_char(b"\7"), (ct.c_ubyte * 1)(7), (ct.c_uint * 3)(7)):
        table[7] = 0
        table[index] = 9
        assert table[7].value == 9
    for index in (b"\7", 7.0, None):
        with pytest.raises(IndexError, match="Array index must be an integer type"):
            table[index]


def test_leaves_of_a_queue(tables):
    queue = tables("struct name { char text[12]; }; BPF_QUEUE(names, struct name, 4);")["names"]
    for value in (b"short", ct.create_string_buffer(b"buffer"), "str"):
        queue.push(value)
    assert [leaf.text for leaf in queue.values()] == [b"short", b"buffer", b"str"]
    with pytest.raises(ValueError):
        queue.push(b"thirteen byte")


def test_descriptors_in_tables_of_tables(tables):
    b = tables('BPF_HASH(inner, u32, u64, 8); BPF_ARRAY_OF_MAPS(outer, "inner", 4);')
    for index, value in enumerate((b["inner"], b["inner"].map_fd, ct.c_int(b["inner"].map_fd),
                                   ct.c_ulonglong(b["inner"].map_fd))):
        b["outer"][index] = value
    assert [leaf.value for leaf in b["outer"].values()] == [b["inner"].map_id] * 4


@pytest.fixture
def cpus():
    from bcc.utils import get_possible_cpus
    return max(get_possible_cpus()) + 1


@pytest.mark.parametrize("leaf, value", [
    ("u8", 200), ("s8", -3), ("u16", 60000), ("s16", -300), ("u32", 1 << 31), ("int", -5), ("u64", 1 << 63),
    ("bool", True)])
@pytest.mark.parametrize("kind", ["percpu_hash", "percpu_array"])
def test_per_cpu_numbers_of_every_size(tables, cpus, kind, leaf, value):
    table = tables('BPF_TABLE("%s", u32, %s, t, 4);' % (kind, leaf))["t"]
    key = table.Key(2)
    for stored in ([value] * cpus, (value,) * cpus, (table.sLeaf * cpus)(*[value] * cpus), table.Leaf(*[value] * cpus)
                   if leaf != "bool" else [value] * cpus):
        table[key] = [0]
        table[key] = stored
        assert list(table[key]) == [value] * cpus == list(table.getvalue(key))
    assert [list(each) for each in table.values() if any(each)] == [[value] * cpus]
    table[key] = [value]
    assert list(table[key]) == [value] + [0] * (cpus - 1)
    table[key] = value
    assert table.sum(key).value == value == sum(table[key])
    table[key] = table.sLeaf(value)
    assert list(table[key])[0] == value
    table.items_update_batch((table.Key * 1)(2), (table.sLeaf * cpus * 1)((value,) * cpus))
    assert list(table[key]) == [value] * cpus
    with pytest.raises(ValueError, match="CPUs"):
        table[key] = [1] * (cpus + 1)
    table[key] = [1] * cpus + [0]
    assert table.max(key).value == 1 and table.average(key) == 1


@pytest.mark.parametrize("leaf, size", [("struct four", 4), ("struct twelve", 12), ("struct one", 1),
                                        ("struct eight", 8)])
def test_per_cpu_structs_of_every_size(tables, cpus, leaf, size):
    table = tables("""struct one { u8 x; }; struct four { u16 x; u8 y; }; struct eight { u32 x; u8 y; };
                      struct twelve { u32 x; u32 y; u8 z; };
                      BPF_TABLE("percpu_array", u32, %s, t, 2); BPF_TABLE("percpu_hash", u32, %s, h,
                                                                          2);""" % (leaf, leaf))
    for each in (table["t"], table["h"]):
        assert ct.sizeof(each.sLeaf) == size
        each[each.Key(1)] = [each.sLeaf(cpu + 1) for cpu in range(cpus)]
        assert [value.x for value in each[each.Key(1)]] == list(range(1, cpus + 1))
        assert [value.x for value in each.values()[-1]] == list(range(1, cpus + 1))


def test_a_program_sees_small_per_cpu_values(run, cpus):
    b = run("struct small { u8 hits; u8 more; }; BPF_PERCPU_ARRAY(t, struct small, 1); BPF_PERCPU_ARRAY(bytes, u8, 1);",
            """int i = 0;
               struct small *s = t.lookup(&i); if (s) { s->hits++; s->more += 2; }
               u8 *n = bytes.lookup(&i); if (n) *n += 1;""")
    b["t"][0] = [b["t"].sLeaf(10, 100)] * cpus
    for _ in range(23):
        os.getppid()
    assert sum(value.hits for value in b["t"][0]) == 10 * cpus + 23 and b["bytes"].sum(0).value == 23
    assert sum(value.more for value in b["t"][0]) == 100 * cpus + 46
