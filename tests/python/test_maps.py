"""Maps of every kind, filled by programs and by Python."""
import ctypes as ct
import os
import socket

import pytest

from getppid_program import set_off
from program_run import run_program


def run_once(program):
    return run_program(program.fd, bytes(64))[0]


def counted(b, name="seen"):
    return [leaf.value for leaf in b[name].values()]


def test_maps_of_maps(run):
    b = run('BPF_HASH(first, u32, u64, 8); BPF_HASH(second, u32, u64, 8);'
            'BPF_ARRAY_OF_MAPS(outer, "first", 4); BPF_HASH_OF_MAPS(named, u64, "first", 4);',
            """int index = 2; u32 key = 7; u64 name = 1 << 20;
               void *inner = outer.lookup(&index);
               u64 *value = inner ? bpf_map_lookup_elem(inner, &key) : 0;
               if (value) *value += 1;
               inner = named.lookup(&name);
               u64 ten = 10;
               if (inner) bpf_map_update_elem(inner, &key, &ten, BPF_ANY);""")
    first, second, outer, named = b["first"], b["second"], b["outer"], b["named"]
    first[7] = 0
    outer[2] = ct.c_int(first.get_fd())
    set_off(5)
    assert first[7].value == 5
    named[1 << 20] = second
    set_off()
    assert second[7].value == 10 and len(named) == 1
    assert outer[2].value == first.map_id and [key.value for key, _ in outer.items()] == [2] and len(outer) == 4
    with pytest.raises(KeyError):
        outer[1]
    del outer[2]
    set_off()
    assert first[7].value == 6 and outer.items() == []
    with pytest.raises(Exception, match="Could not update table"):
        outer[0] = outer


def test_tables_published_to_other_objects(tables):
    first = tables('BPF_TABLE_PUBLIC("hash", u32, u64, test_maps_all, 8);'
                   'BPF_TABLE_SHARED("percpu_array", int, u64, test_maps_some, 2);'
                   'BPF_QUEUESTACK_PUBLIC("queue", test_maps_queue, u32, 4, 0);')
    importing = ('BPF_TABLE("extern", u32, u64, test_maps_all, 1); BPF_TABLE("extern", int, u64, test_maps_some, 1);')
    second = tables(importing)
    first["test_maps_all"][3] = 4
    assert second["test_maps_all"][3].value == 4 and second["test_maps_all"].max_entries == 8
    assert second["test_maps_some"].sum(1).value == 0 and type(second["test_maps_some"]).__name__ == "PerCpuArray"
    assert second["test_maps_all"].map_id == first["test_maps_all"].map_id
    first.cleanup()
    assert second["test_maps_all"][3].value == 4
    second.cleanup()
    third = tables(importing)  # what was published stays to be found, and is no stale descriptor
    assert third["test_maps_all"][3].value == 4
    fourth = tables('BPF_TABLE_PUBLIC("hash", u32, u64, test_maps_all, 8);')
    assert len(fourth["test_maps_all"]) == 0
    fifth = tables('BPF_TABLE("extern", u32, u64, test_maps_all, 1);')
    assert fifth["test_maps_all"].map_id == fourth["test_maps_all"].map_id
    sixth = tables('BPF_TABLE_PUBLIC("hash", u32, u64, test_maps_all, 8);')  # the first that lives keeps the name
    other = tables('BPF_TABLE("extern", u32, u64, test_maps_all, 1);')["test_maps_all"]
    assert other.map_id != sixth["test_maps_all"].map_id


def test_programs_write_to_published_tables(tables, run):
    owner = tables('BPF_TABLE_PUBLIC("hash", u32, u64, test_maps_counts, 8);')
    run('BPF_TABLE("extern", u32, u64, test_maps_counts, 8);', "test_maps_counts.increment(1);")
    set_off(9)
    assert owner["test_maps_counts"][1].value == 9


@pytest.mark.parametrize("kind, inserts", [("hash", True), ("lru_hash", False), ("percpu_hash", False)])
def test_increment_makes_elements_of_published_plain_hashes_alone(kind, inserts, tables, run):
    owner = tables('BPF_TABLE_PUBLIC("%s", u32, u64, test_maps_owned, 8);' % kind)["test_maps_owned"]
    run('BPF_TABLE("extern", u32, u64, test_maps_owned, 8);', "test_maps_owned.increment(1);")
    set_off(3)
    assert [key.value for key in owner.keys()] == ([1] if inserts else [])
    owner[owner.Key(1)] = owner.Leaf()
    set_off(4)
    assert (owner.sum(1) if kind == "percpu_hash" else owner[1]).value == 4


def test_a_table_that_nobody_publishes(tables):
    undefined = "reference to undefined table: nobody in this process publishes test_maps_none"
    with pytest.raises(Exception, match=undefined):
        tables('BPF_TABLE("extern", u32, u64, test_maps_none, 1);')
    tables('BPF_TABLE_PUBLIC("hash", u32, u64, test_maps_wide, 8);')
    does_not_fit = "map test_maps_wide: the published one does not fit: its value size is 8, 4 is declared"
    with pytest.raises(Exception, match=does_not_fit):
        tables('BPF_TABLE("extern", u32, u32, test_maps_wide, 1);')


def test_task_storage(run):
    b = run("BPF_TASK_STORAGE(tasks, u64);",
            """u64 zero = 0, *count = tasks.task_storage_get(bpf_get_current_task_btf(), &zero,
                   BPF_LOCAL_STORAGE_GET_F_CREATE);
               if (count) *count += 1;""")
    set_off(3)
    me = ct.c_int(os.pidfd_open(os.getpid()))
    try:
        assert b["tasks"][me].value == 3
        b["tasks"][me] = 40
        set_off()
        assert b["tasks"][me].value == 41
        del b["tasks"][me]
        with pytest.raises(KeyError):
            b["tasks"][me]
    finally:
        os.close(me.value)
    with pytest.raises(Exception, match="map tasks: the kernel does not let anybody walk the keys of such a map"):
        len(b["tasks"])


@pytest.mark.needs("kernel:5.16")
def test_bloom_filter(run):
    b = run("BPF_BLOOM_FILTER(seen, u64, 1000, 7); BPF_ARRAY(known, u64, 1);",
            """u64 wanted = 4711, mine = 23; int first = 0;
               if (seen.peek(&wanted) == 0) known.atomic_increment(first);
               seen.push(&mine);""")
    assert 4711 not in b["seen"] and 23 not in b["seen"]
    set_off(2)
    assert 23 in b["seen"] and b["known"][0].value == 0
    b["seen"].push(ct.c_uint64(4711))
    set_off(3)
    assert 4711 in b["seen"] and b["known"][0].value == 3
    assert sum(number in b["seen"] for number in range(5000, 6000)) < 30  # 7 bits a value, two values


def test_queues_and_stacks_from_c(run):
    b = run("BPF_QUEUE(queue, u32, 4); BPF_STACK(stack, u32, 4); BPF_ARRAY(seen, u64, 6);",
            """u32 one = 1, two = 2, found = 0; int at = 0; u64 value;
               queue.push(&one, 0); queue.push(&two, 0); stack.push(&one, 0); stack.push(&two, 0);
               value = queue.peek(&found) * 100 + found; seen.update(&at, &value); at++;
               value = queue.pop(&found) * 100 + found; seen.update(&at, &value); at++;
               value = stack.pop(&found) * 100 + found; seen.update(&at, &value); at++;
               value = stack.pop(&found) * 100 + found; seen.update(&at, &value); at++;
               value = -stack.pop(&found); seen.update(&at, &value); at++;
               for (int i = 0; i < 3; i++) queue.push(&one, 0);
               value = -queue.push(&one, 0); seen.update(&at, &value);""")
    set_off()
    assert counted(b) == [1, 1, 2, 1, 2, 7]  # ENOENT and E2BIG last
    assert [leaf.value for leaf in b["queue"].values()] == [2, 1, 1, 1]


def test_longest_prefix(run):
    b = run("struct key { u32 length; u32 address; }; BPF_LPM_TRIE(routes, struct key, u64, 16); "
            "BPF_ARRAY(seen, u64, 2);",
            """struct key near = {32, 0x0100a8c0}, far = {32, 0x01010101}; int at = 0;
               u64 *value = routes.lookup(&near); if (value) seen.update(&at, value);
               at = 1; value = routes.lookup(&far); if (value) seen.update(&at, value);""")
    routes = b["routes"]
    routes[routes.Key(16, 0x0000a8c0)] = 16
    routes[routes.Key(24, 0x0000a8c0)] = 24
    routes[routes.Key(0, 0)] = 1
    set_off()
    assert counted(b) == [24, 1]
    assert sorted((key.length, leaf.value) for key, leaf in routes.items()) == [(0, 1), (16, 16), (24, 24)]
    del routes[routes.Key(24, 0x0000a8c0)]
    set_off()
    assert counted(b) == [16, 1]
    with pytest.raises(NotImplementedError):
        len(routes)
    with pytest.raises(Exception, match="Could not update table: .*Invalid argument"):
        routes[routes.Key(33, 0)] = 1
    routes.clear()
    assert routes.items() == []


def test_tail_calls(tables):
    from bcc import BPF
    b = tables("""BPF_PROG_ARRAY(next, 4); BPF_ARRAY(seen, u64, 3);
        int first(struct __sk_buff *skb) { seen.increment(0); next.call(skb, 2); seen.increment(1); return 1; }
        int second(struct __sk_buff *skb) { seen.increment(2); return 2; }""")
    first, second = b.load_func("first", BPF.SCHED_CLS), b.load_func("second", BPF.SCHED_CLS)
    assert run_once(first) == 1 and counted(b) == [1, 1, 0]  # nothing there: the call falls through
    b["next"][2] = second
    assert run_once(first) == 2 and counted(b) == [2, 1, 1]
    assert b["next"][2].value > 0 and len(b["next"]) == 4 and len(b["next"].items()) == 1
    b["next"][ct.c_int(2)] = ct.c_int(second.fd)
    assert run_once(first) == 2
    del b["next"][2]
    assert run_once(first) == 1
    for key in (2, 0):
        with pytest.raises(KeyError):
            del b["next"][key]
    with pytest.raises(KeyError):
        b["next"][2]
    with pytest.raises(Exception, match="Could not update table: .*"):
        b["next"][0] = 1 << 20


def test_redirects_to_devices(tables):
    from bcc import BPF
    b = tables("BPF_DEVMAP(devices, 4); int to(struct xdp_md *ctx) { return devices.redirect_map(1, XDP_DROP); }")
    program = b.load_func("to", BPF.XDP)
    assert run_once(program) == 1  # no device there: the flags say what then
    devices = b["devices"]
    devices[ct.c_uint(1)] = ct.c_int(1)
    assert run_once(program) == 4
    assert [(key.value, leaf.value) for key, leaf in devices.items()] == [(1, 1)] and len(devices) == 4
    del devices[1]
    with pytest.raises(KeyError):
        devices[1]
    with pytest.raises(IndexError, match="Array index out of range"):
        devices[4] = 1


def test_redirects_to_sockets(tables):
    from bcc import BPF
    b = tables("""BPF_XSKMAP(sockets, 4);
        int to(struct xdp_md *ctx) {
            int at = 2; return sockets.lookup(&at) ? sockets.redirect_map(at, 0) : XDP_PASS; }""")
    program = b.load_func("to", BPF.XDP)
    assert run_once(program) == 2
    with socket.socket(44, socket.SOCK_RAW, 0) as xdp:  # AF_XDP
        b["sockets"][2] = xdp.fileno()
        assert run_once(program) == 4
        with pytest.raises(KeyError):  # nobody may read it from here
            b["sockets"][2]
        del b["sockets"][2]
    assert run_once(program) == 2


def test_locks_in_values(tables):
    from bcc import BPF
    b = tables("""struct pair { struct bpf_spin_lock lock; u32 left; u32 right; };
        BPF_HASH(pairs, u32, struct pair, 4);
        int swap(struct __sk_buff *skb) {
            u32 key = 1, kept; struct pair *pair = pairs.lookup(&key);
            if (!pair) return 1;
            bpf_spin_lock(&pair->lock);
            kept = pair->left; pair->left = pair->right; pair->right = kept;
            bpf_spin_unlock(&pair->lock);
            return 0; }""")
    program = b.load_func("swap", BPF.SCHED_CLS)
    assert run_once(program) == 1
    leaf = b["pairs"].Leaf()
    leaf.left, leaf.right = 3, 4
    b["pairs"][1] = leaf
    assert run_once(program) == 0
    assert (b["pairs"][1].left, b["pairs"][1].right) == (4, 3)


def test_a_map_by_its_descriptor(run, tables):
    other = tables("BPF_HASH(counts, u32, u64, 4);")["counts"]
    other[1] = 5
    run(body="u32 key = 1; u64 *value = bpf_map_lookup_elem((void *)bpf_pseudo_fd(1, %d), &key); "
        "if (value) *value += 1;" % other.get_fd())
    set_off(2)
    assert other[1].value == 7


def test_cgroups_of_tasks(run):
    b = run("BPF_CGROUP_ARRAY(groups, 2); BPF_ARRAY(seen, u64, 2);",
            """u64 is = groups.check_current_task(0); int at = 0; seen.update(&at, &is);
               is = groups.check_current_task(1); at = 1; seen.update(&at, &is);""")
    root = cgroup_root()
    b["groups"][0] = root
    set_off()
    assert b["seen"][0].value == 1 and b["seen"][1].value == 2**64 - 11  # EAGAIN: nothing in that slot
    fd = os.open(root, os.O_RDONLY)
    b["groups"][1] = fd
    os.close(fd)
    set_off()
    assert b["seen"][1].value == 1
    with pytest.raises(KeyError):
        b["groups"][0]
    assert b["groups"].items() == []
    with pytest.raises(Exception, match="Cgroup array key must be either FD or cgroup path"):
        b["groups"][0] = b"/sys/fs/cgroup"
    del b["groups"][0]
    with pytest.raises(KeyError):
        del b["groups"][0]


def cgroup_root():
    with open("/proc/self/mounts") as mounts:
        return next(line.split()[1] for line in mounts if line.split()[2] == "cgroup2")


@pytest.mark.parametrize("kind", ["hash", "lru_hash", "percpu_hash", "lru_percpu_hash", "lpm_trie", "array",
                                  "percpu_array"])
def test_batches_of_every_kind(tables, kind):
    flags = 1 if kind == "lpm_trie" else 0
    key = {"lpm_trie": "struct key", "array": "int", "percpu_array": "int"}.get(kind, "u32")
    text = 'struct key { u32 length, address; }; BPF_F_TABLE("%s", %s, u64, t, 5000, %d);' % (kind, key, flags)
    table = tables(text)["t"]
    cpus = getattr(table, "total_cpu", 0)
    number = 2000 if "lru" in kind else 5000  # LRU maps may drop some before they are full
    keys, values = (table.Key * number)(), (table.Leaf * number)()
    for i in range(number):
        keys[i] = table.Key(32, i) if kind == "lpm_trie" else i
        values[i] = table.Leaf(*[i + cpu for cpu in range(cpus)]) if cpus else i
    table.items_update_batch(keys, values)

    def plain(items):
        return sorted((k.address if kind == "lpm_trie" else k.value, sum(v) if cpus else v.value) for k, v in items)
    expected = [(i, sum(i + cpu for cpu in range(cpus)) if cpus else i) for i in range(number)]
    assert plain(table.items_lookup_batch()) == expected == plain(table.items()) == plain(table.iteritems())
    if "array" in kind:
        table.clear()
        assert plain(table.items()) == [(i, 0) for i in range(number)]
        return
    table.items_delete_batch((table.Key * 10)(*keys[:10]))
    assert plain(table.items_lookup_and_delete_batch()) == expected[10:] and table.items() == []
    table.items_update_batch(keys, values)
    table.zero()
    assert plain(table.items()) == [(i, 0) for i in range(number)]
    table.clear()
    assert table.items() == []


def test_batches_that_fail(tables):
    table = tables("BPF_HASH(t, u32, u64, 8);")["t"]
    table.items_update_batch((table.Key * 4)(*range(4)), (table.Leaf * 4)(*range(4)))
    with pytest.raises(Exception, match="BPF_MAP_DELETE_BATCH has failed: .*|no such element"):
        table.items_delete_batch((table.Key * 2)(1, 99))
    assert len(table) == 3
    with pytest.raises(Exception, match="BPF_MAP_UPDATE_BATCH has failed: .*Argument list too long"):
        table.items_update_batch((table.Key * 8)(*range(10, 18)), (table.Leaf * 8)())
    assert len(table) == 8


def test_reducers_see_every_way_of_reading(tables):
    b = tables("BPF_PERCPU_HASH(t, u32, u32, 8);")
    table = b.get_table("t", reducer=lambda one, other: one + other)
    table[1] = table.Leaf(*[2] * table.total_cpu)
    assert table[1] == 2 * table.total_cpu and table.values() == [2 * table.total_cpu]
    assert [(key.value, sum_) for key, sum_ in table.items()] == [(1, 2 * table.total_cpu)]
    narrow = b["t"].values()[0]
    assert narrow._type_ is ct.c_uint and list(narrow) == [2] * table.total_cpu


def test_text_of_keys_and_leaves(tables):
    table = tables("""struct k { u32 a; u64 b; char c[8]; };
        struct l { u8 x; u16 y[3]; union { u32 v4; u8 v6[4]; } u; };
        BPF_HASH(t, struct k, struct l, 4);""")["t"]
    key, leaf = table.Key(1, b"", 2, b"abc"), table.Leaf()
    leaf.x, leaf.y[1], leaf.u.v4 = 1, 5, 0x10
    assert table.key_sprintf(key) == b'{ 0x1 0x2 "abc" }'
    assert table.leaf_sprintf(leaf) == b"{ 0x1 [ 0x0 0x5 0x0 ] { 0x10 } }"
    again = table.leaf_scanf(table.leaf_sprintf(leaf))
    assert (again.x, list(again.y), again.u.v4) == (1, [0, 5, 0], 0x10)
    with pytest.raises(Exception, match="Could not scanf leaf"):
        table.leaf_scanf(b"zz")


def test_text_of_negative_numbers_is_their_bits(tables):
    table = tables("struct l { s64 a; short b[2]; }; BPF_HASH(t, int, struct l, 4);")["t"]
    leaf = table.Leaf(-2, (-7, 3))
    assert table.key_sprintf(table.Key(-1)) == b"0xffffffff"
    assert table.leaf_sprintf(leaf) == b"{ 0xfffffffffffffffe [ 0xfff9 0x3 ] }"
    for text in (b"0xffffffff", b"-1", b"-0x1"):
        assert table.key_scanf(text).value == -1
    again = table.leaf_scanf(table.leaf_sprintf(leaf))
    assert (again.a, list(again.b)) == (-2, [-7, 3])


def test_families_of_tables():
    import bcc.table as t
    for table in (t.LruHash, t.PerCpuHash, t.MapInMapHash):
        assert issubclass(table, t.HashTable)
    for array in (t.Array, t.DevMap, t.CpuMap, t.XskMap, t.ProgArray, t.CgroupArray, t.MapInMapArray,
                  t.PerfEventArray, t.PerCpuArray):
        assert issubclass(array, t.ArrayBase)
