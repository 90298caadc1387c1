"""Tables of the running kernel as mappings of ctypes keys and leaves."""
import ctypes as ct

import pytest

from getppid_program import set_off


def test_a_hash_is_a_mapping(tables):
    table = tables("BPF_HASH(counts, u32, u64, 4);")["counts"]
    table[ct.c_uint(1)] = ct.c_ulonglong(10)
    table[table.Key(2)] = table.Leaf(20)
    assert table[ct.c_uint(1)].value == 10
    assert isinstance(table[ct.c_uint(1)], ct.c_ulonglong)
    assert len(table) == 2 and ct.c_uint(2) in table and ct.c_uint(3) not in table
    assert sorted(key.value for key in table) == [1, 2]
    assert sorted((key.value, leaf.value) for key, leaf in table.items()) == [(1, 10), (2, 20)]
    assert sorted(leaf.value for leaf in table.values()) == [10, 20]
    assert isinstance(table.items(), list) and isinstance(table.values(), list)
    assert sorted((k.value, v.value) for k, v in table.iteritems()) == [(1, 10), (2, 20)]
    del table[ct.c_uint(1)]
    with pytest.raises(KeyError) as absent:
        table[ct.c_uint(1)]
    assert absent.value.args == ()
    with pytest.raises(KeyError):
        del table[ct.c_uint(1)]
    table.clear()
    assert len(table) == 0 and table.get(ct.c_uint(2)) is None


def test_numbers_will_do_for_keys_and_leaves(tables):
    table = tables("BPF_HASH(counts, u64, u64);")["counts"]
    table[7] = 8
    assert table[7].value == 8 and table[ct.c_int(7)].value == 8  # the number counts, not the width
    assert table.pop(7).value == 8 and len(table) == 0


def test_methods_that_mappings_have(tables):
    table = tables("BPF_HASH(counts, u32, u64);")["counts"]
    assert [table.setdefault(ct.c_uint(1), ct.c_ulonglong(number)).value for number in (2, 9)] == [2, 2]
    table.update({1: 3, 4: 5})
    assert sorted(leaf.value for leaf in table.values()) == [3, 5]
    assert sorted([table.popitem()[1].value, table.popitem()[1].value]) == [3, 5]
    assert table.pop(ct.c_uint(1), None) is None
    for empty in (table.popitem, lambda: table.pop(ct.c_uint(1))):
        with pytest.raises(KeyError):
            empty()


def test_zero_and_walking(tables):
    table = tables("BPF_HASH(counts, u32, u64);")["counts"]
    for number in range(5):
        table[table.Key(number)] = table.Leaf(number + 1)
    table.zero()
    assert [leaf.value for leaf in table.values()] == [0] * 5
    seen, key = [], None
    with pytest.raises(StopIteration):
        while True:
            key = table.next(key)
            seen.append(key.value)
    assert sorted(seen) == [0, 1, 2, 3, 4]


def test_deleting_while_iterating(tables):
    table = tables("BPF_HASH(counts, u32, u64);")["counts"]
    for number in range(50):
        table[table.Key(number)] = table.Leaf(1)
    for key, _ in table.items():
        del table[key]
    assert len(table) == 0


def test_a_full_table_says_so(tables):
    table = tables("BPF_HASH(counts, u32, u64, 2);")["counts"]
    table[1] = table[2] = 1
    with pytest.raises(Exception, match="Could not update table: .*Argument list too long"):
        table[3] = 1
    with pytest.raises(ValueError, match="8 bytes"):
        table[1] = (ct.c_char * 9)(*b"nine byte")


def test_structs_of_every_shape(tables):
    table = tables("""
        struct inner { u8 a; u32 b; };
        struct key { u32 pid; u64 ts; char comm[16]; };
        struct leaf {
            u8 first;
            union { u32 v4; u8 v6[16]; };
            struct inner inners[2];
            u32 m[2][3];
            s8 small;
            bool yes;
            u32 low:3, mid:5;
            void *pointer;
        };
        BPF_HASH(t, struct key, struct leaf);
    """)["t"]
    assert [name for name, *_ in table.Key._fields_] == ["pid", "__pad_1", "ts", "comm"]
    assert ct.sizeof(table.Key) == 32 and table.Key.__name__ == "key"
    key = table.Key(pid=1, ts=2, comm=b"cat")
    leaf = table.Leaf()
    leaf.first, leaf.v4, leaf.small, leaf.yes, leaf.pointer = 1, 0x01020304, -5, True, 0xFFFF888800000000
    leaf.inners[1].b = 7
    leaf.m[1][2] = 9
    leaf.low, leaf.mid = 5, 17
    table[key] = leaf
    (found_key, found), = table.items()
    assert (found_key.pid, found_key.ts, found_key.comm) == (1, 2, b"cat")
    assert (found.first, found.v4, bytes(found.v6[:4])) == (1, 0x01020304, b"\4\3\2\1")
    assert (found.inners[1].b, found.m[1][2], found.small, found.yes) == (7, 9, -5, True)
    assert (found.low, found.mid, found.pointer) == (5, 17, 0xFFFF888800000000)


def test_arrays(tables):
    table = tables("BPF_ARRAY(a, u64, 4);")["a"]
    assert len(table) == 4 and [leaf.value for leaf in table.values()] == [0] * 4
    table[1] = ct.c_ulonglong(5)
    table[-1] = table.Leaf(6)
    table[ct.c_int(2)] = 7
    assert [table[i].value for i in range(4)] == [0, 5, 7, 6]
    del table[1]
    table.clearitem(2)
    assert [key.value for key in table] == [0, 1, 2, 3] and [leaf.value for leaf in table.values()] == [0, 0, 0, 6]
    for index in (4, -5):
        with pytest.raises(IndexError, match="Array index out of range"):
            table[index]
    with pytest.raises(IndexError, match="Array index must be an integer type"):
        table["one"]
    table.clear()
    assert table[3].value == 0


def test_per_cpu_values(tables, possible_cpus):
    b = tables("BPF_PERCPU_ARRAY(wide, u64, 2); BPF_PERCPU_HASH(narrow, u32, u32);")
    wide = b["wide"]
    values = wide.Leaf()
    for cpu in range(possible_cpus):
        values[cpu] = cpu + 1
    wide[1] = values
    total = possible_cpus * (possible_cpus + 1) // 2
    assert list(wide[1]) == list(range(1, possible_cpus + 1)) and len(wide.Leaf()) == possible_cpus
    assert wide.sum(1).value == total and wide.max(1).value == possible_cpus
    assert wide.average(1) == total / possible_cpus
    narrow = b["narrow"]
    assert (wide.sLeaf, narrow.sLeaf) == (ct.c_ulonglong, ct.c_uint)
    narrow[narrow.Key(3)] = narrow.Leaf(*[2] * possible_cpus)
    assert list(narrow[ct.c_uint(3)]) == [2] * possible_cpus
    assert narrow.sum(ct.c_uint(3)).value == 2 * possible_cpus
    reduced = b.get_table("wide", reducer=lambda a, c: a + c)
    assert reduced[1] == total


@pytest.fixture
def possible_cpus():
    from bcc.utils import get_possible_cpus
    return max(get_possible_cpus()) + 1


def test_lru_tables_forget(tables):
    b = tables('BPF_TABLE("lru_hash", u32, u64, recent, 16); BPF_TABLE("lru_percpu_hash", u32, u64, each, 64);')
    recent = b["recent"]
    for number in range(1000):
        recent[number] = number
    assert 0 < len(recent) <= 16
    b["each"][1] = b["each"].Leaf()
    assert b["each"].sum(1).value == 0


def test_queues_and_stacks(tables):
    b = tables("BPF_QUEUE(q, u32, 3); BPF_STACK(s, u32, 3);")
    for table, order in ((b["q"], [1, 2, 3]), (b["s"], [3, 2, 1])):
        for number in (1, 2, 3):
            table.push(table.Leaf(number))
        with pytest.raises(Exception, match="Could not push to table"):
            table.push(table.Leaf(4))
        assert table.peek().value == order[0] and table.pop().value == order[0]
        assert [leaf.value for leaf in table.values()] == order[1:]
        with pytest.raises(KeyError, match="Could not pop from table"):
            table.pop()
        with pytest.raises(KeyError, match="Could not peek table"):
            table.peek()
    b["q"].push(b["q"].Leaf(1))
    b["q"].push(ct.c_uint(2))
    b["q"].push(3)
    b["q"].push(b["q"].Leaf(4), b["q"].BPF_EXIST)
    assert [leaf.value for leaf in b["q"].itervalues()] == [2, 3, 4]


def test_batches(tables):
    table = tables("BPF_HASH(counts, u32, u64, 64);")["counts"]
    keys = (table.Key * 10)(*range(10))
    values = (table.Leaf * 10)(*range(100, 110))
    table.items_update_batch(keys, values)
    expected = [(n, 100 + n) for n in range(10)]
    assert sorted((k.value, v.value) for k, v in table.items_lookup_batch()) == expected
    table.items_delete_batch((table.Key * 2)(0, 1))
    assert sorted((k.value, v.value) for k, v in table.items_lookup_and_delete_batch()) == expected[2:]
    assert len(table) == 0
    table.items_update_batch(keys, values)
    assert table.items_delete_batch() is None and len(table) == 0
    with pytest.raises(TypeError):
        table.items_update_batch([1], [2])
    with pytest.raises(ValueError, match="keys array length != values array length"):
        table.items_update_batch(keys, (table.Leaf * 3)())
    with pytest.raises(ValueError, match="Array's length is wrong"):
        table.items_update_batch((table.Key * 65)(), (table.Leaf * 65)())


def test_the_two_spellings_of_a_name(tables):
    b = tables("BPF_HASH(counts, u32, u64);")
    b["counts"][1] = 5
    assert b[b"counts"][1].value == 5 and b.get_table("counts")[1].value == 5 and b.get_table(b"counts")[1].value == 5
    assert b["counts"] is b["counts"] and b["counts"] is not b[b"counts"]
    assert sorted(map(str, b)) == ["b'counts'", "counts"] and len(b) == 2
    with pytest.raises(KeyError) as unknown:
        b["no_such"]
    assert unknown.value.args == ()
    del b["counts"]
    assert len(b) == 1 and b["counts"][1].value == 5
    other = b.get_table("counts", ct.c_int, ct.c_longlong)
    assert other.Key is ct.c_int and other[ct.c_int(1)].value == 5


def test_facts_about_a_table(tables):
    table = tables("BPF_HASH(counts, u32, u64, 33);")["counts"]
    assert table.max_entries == 33 and table.ttype == 1 and table.flags == 0
    assert table.get_fd() == table.map_fd > 2 and table.map_id > 0
    assert table.key_sprintf(table.Key(7)) == b"0x7" and table.leaf_scanf(b"0x10").value == 16
    from bcc.table import get_table_type_name
    assert get_table_type_name(table.ttype) == "HASH" and get_table_type_name(99) == "<unknown>"


def test_a_program_counts(run):
    b = run("BPF_HASH(counts, u32, u64); BPF_HISTOGRAM(dist); BPF_PERCPU_ARRAY(each, u64, 1);",
            "counts.increment(pid); dist.increment(bpf_log2l(9)); each.increment(0);")
    set_off(25)
    (_, leaf), = b["counts"].items()
    assert leaf.value == 25 and b["dist"][4].value == 25 and b["each"].sum(0).value == 25


def test_histograms_of_a_struct_key(run, capsys):
    b = run("struct key { u64 bucket; u64 slot; }; BPF_HISTOGRAM(dist, struct key);",
            "struct key key = {3, bpf_log2l(100)}; dist.increment(key);")
    set_off(6)
    b["dist"].print_log2_hist("us", "cpu")
    assert capsys.readouterr().out.splitlines()[1] == "cpu = 3"
    b["dist"].print_linear_hist("us", "cpu", section_print_fn=lambda cpu: "number %d" % cpu)
    out = capsys.readouterr().out.splitlines()
    assert out[1] == "cpu = number 3"
    assert out[-1] == "        7          : 6        |****************************************|"


def test_kernel_stacks(run):
    b = run("BPF_STACK_TRACE(stacks, 1024); BPF_ARRAY(id, int, 1);",
            "int zero = 0, found = stacks.get_stackid(ctx, 0); id.update(&zero, &found);")
    set_off()
    stacks = b["stacks"]
    frames = list(stacks.walk(b["id"][0].value))
    assert len(frames) >= 2 and all(frame > 1 << 63 for frame in frames)
    names = list(stacks.walk(b["id"][0].value, b.ksym))
    assert any(b"do_syscall_64" in name for name in names), names
    assert len(stacks) == 1
    with pytest.raises(KeyError):
        list(stacks.walk(-14))
    stacks.clear()
    assert len(stacks) == 1


def test_perf_counters_in_a_table(run):
    from bcc import PerfSWConfig, PerfType
    b = run("BPF_PERF_ARRAY(clock, 512); BPF_ARRAY(seen, u64, 1);",
            "u64 value = clock.perf_read(CUR_CPU_IDENTIFIER); int zero = 0; seen.update(&zero, &value);")
    b["clock"].open_perf_event(PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK)
    set_off()
    first = b["seen"][0].value
    set_off(1000)
    assert b["seen"][0].value > first
    with pytest.raises(Exception, match="bpf_open_perf_event failed"):
        b["clock"].open_perf_event(999, 0)


def test_tables_of_a_closed_object_say_so(tables):
    b = tables("BPF_HASH(counts, u32, u64);")
    table = b["counts"]
    b.cleanup()
    b.cleanup()
    with pytest.raises(Exception, match="this BPF object has been closed"):
        table[1]
