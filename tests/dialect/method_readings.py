"""What map methods leave in their maps and give back. Every reading has maps of its own."""

from readings import Reading, always


def reading(name: str, head: str, body: str, value: int) -> Reading:
    """`MAP` in head and body is the reading's own map; LOOK(key) is its leaf, or 77 where there is none."""
    map_name = f"map_of_{name}"
    look = (f"u64 look_{name} = 77; {{ typeof({map_name}.leaf) *leaf_ = {map_name}.lookup(&key); "
            f"if (leaf_) look_{name} = *leaf_; }}")
    text = body.replace("LOOK;", look + f" value = look_{name};")
    return Reading(name, text.replace("MAP", map_name), always(value % 2**64), head.replace("MAP", map_name))


METHODS = [
    reading("increment_makes_a_key", "BPF_HASH(MAP, u32);", "u32 key = 1; MAP.increment(key); LOOK;", 1),
    reading("increment_twice", "BPF_HASH(MAP, u32);", "u32 key = 1; MAP.increment(key); MAP.increment(key); LOOK;", 2),
    reading("increment_by", "BPF_HASH(MAP, u32);",
            "u32 key = 1; MAP.increment(key, 5); MAP.increment(key, 7); LOOK;", 12),
    reading("increment_by_negative", "BPF_HASH(MAP, u32);",
            "u32 key = 1; MAP.increment(key, 5); MAP.increment(key, -7); LOOK;", -2),
    reading("increment_first_by_negative", "BPF_HASH(MAP, u32);", "u32 key = 1; MAP.increment(key, -7); LOOK;", -7),
    reading("increment_by_u32", "BPF_HASH(MAP, u32);",
            "u32 key = 1, by = 0xfffffff0; MAP.increment(key, by); MAP.increment(key, by); LOOK;", 2 * 0xfffffff0),
    reading("increment_by_s8", "BPF_HASH(MAP, u32);",
            "u32 key = 1; s8 by = -1; MAP.increment(key, 3); MAP.increment(key, by); LOOK;", 2),
    reading("increment_narrow_leaf", "BPF_HASH(MAP, u32, u32);",
            "u32 key = 1; MAP.increment(key, 5); MAP.increment(key, -7); LOOK;", 0xfffffffe),
    reading("increment_byte_leaf", "BPF_HASH(MAP, u32, u8);",
            "u32 key = 1; MAP.increment(key, 250); MAP.increment(key, 7); LOOK;", 1),
    reading("increment_signed_leaf", "BPF_HASH(MAP, u32, s64);",
            "u32 key = 1; MAP.increment(key, -3); MAP.increment(key); LOOK;", -2),
    reading("increment_array", "BPF_ARRAY(MAP, u64, 8);",
            "int key = 3; MAP.increment(3); MAP.increment(key, 4); LOOK;", 5),
    reading("increment_array_outside", "BPF_ARRAY(MAP, u64, 8);", "int key = 9; MAP.increment(9); LOOK;", 77),
    reading("increment_histogram", "BPF_HISTOGRAM(MAP);", "int key = 10; MAP.increment(bpf_log2l(1000)); LOOK;", 1),
    reading("increment_histogram_by_struct", "struct slot_t { u64 a; u64 slot; }; BPF_HISTOGRAM(MAP, struct slot_t);",
            "struct slot_t key = {1, 2}; MAP.increment(key); MAP.increment(key); LOOK;", 2),
    reading("increment_wide_key", "struct wide_t { u64 a, b, c, d; }; BPF_HASH(MAP, struct wide_t);",
            "struct wide_t key = {1, 2, 3, 4}; MAP.increment(key, 9); LOOK;", 9),
    reading("increment_lru_makes_none", 'BPF_TABLE("lru_hash", u32, u64, MAP, 8);',
            "u32 key = 1; MAP.increment(key); LOOK;", 77),
    reading("increment_percpu_makes_none", "BPF_PERCPU_HASH(MAP, u32);", "u32 key = 1; MAP.increment(key); LOOK;", 77),
    reading("increment_lru_present", 'BPF_TABLE("lru_hash", u32, u64, MAP, 8);',
            "u32 key = 1; u64 four = 4; MAP.update(&key, &four); MAP.increment(key, 2); LOOK;", 6),
    reading("atomic_increment_makes_a_key", "BPF_HASH(MAP, u32);",
            "u32 key = 1; MAP.atomic_increment(key, 6); LOOK;", 6),
    reading("atomic_increment_negative", "BPF_HASH(MAP, u32);",
            "u32 key = 1; MAP.atomic_increment(key, 6); MAP.atomic_increment(key, -2); LOOK;", 4),
    reading("atomic_increment_narrow", "BPF_ARRAY(MAP, u32, 4);",
            "int key = 1; MAP.atomic_increment(1, 6); MAP.atomic_increment(1); LOOK;", 7),
    reading("update_replaces", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2, b = 3; MAP.update(&key, &a); MAP.update(&key, &b); LOOK;", 3),
    reading("insert_keeps", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2, b = 3; MAP.insert(&key, &a); MAP.insert(&key, &b); LOOK;", 2),
    reading("insert_tells", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2; MAP.insert(&key, &a); value = -MAP.insert(&key, &a);", 17),
    reading("delete", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2; MAP.update(&key, &a); MAP.delete(&key); LOOK;", 77),
    reading("delete_tells", "BPF_HASH(MAP, u32);", "u32 key = 1; value = -MAP.delete(&key);", 2),
    reading("lookup_or_init_makes", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2, *leaf = MAP.lookup_or_init(&key, &a); *leaf += 3; LOOK;", 5),
    reading("lookup_or_init_keeps", "BPF_HASH(MAP, u32);",
            "u32 key = 1; u64 a = 2, b = 9; MAP.update(&key, &a); (*MAP.lookup_or_init(&key, &b))++; LOOK;", 3),
    reading("lookup_or_init_leaves_a_helper",
            "BPF_ARRAY(MAP, u64, 1);\n"
            "static int beyond(int key) { u64 z = 0; (*MAP.lookup_or_init(&key, &z))++; return 5; }",
            "value = beyond(0) * 10 + beyond(1);", 50),
    reading("lookup_or_try_init_may_fail", "BPF_ARRAY(MAP, u64, 1);",
            "int key = 4; u64 z = 0; value = MAP.lookup_or_try_init(&key, &z) == NULL;", 1),
    reading("queue_is_first_in_first_out", "BPF_QUEUE(MAP, u64, 4);",
            "u64 a = 1, b = 2, got = 0; MAP.push(&a, 0); MAP.push(&b, 0); MAP.pop(&got); value = got * 10; "
            "MAP.peek(&got); value += got;", 12),
    reading("stack_is_last_in_first_out", "BPF_STACK(MAP, u64, 4);",
            "u64 a = 1, b = 2, got = 0; MAP.push(&a, 0); MAP.push(&b, 0); MAP.pop(&got); value = got * 10; "
            "MAP.pop(&got); value += got;", 21),
    reading("queue_empty_tells", "BPF_QUEUE(MAP, u64, 4);", "u64 got = 3; value = -MAP.pop(&got);", 2),
    reading("queue_full_tells", "BPF_QUEUE(MAP, u64, 1);", "u64 a = 3; MAP.push(&a, 0); value = -MAP.push(&a, 0);", 7),
    reading("queue_full_drops_the_oldest", "BPF_QUEUE(MAP, u64, 1);",
            "u64 a = 3, b = 4, got = 0; MAP.push(&a, 0); MAP.push(&b, BPF_EXIST); MAP.pop(&got); value = got;", 4),
    reading("lpm_takes_the_longest",
            "struct net_t { u32 prefix; u8 address[4]; }; BPF_LPM_TRIE(MAP, struct net_t, u64);",
            "struct net_t wide = {8, {10}}, narrow = {16, {10, 1}}, key = {32, {10, 1, 2, 3}}; u64 a = 8, b = 16; "
            "MAP.update(&wide, &a); MAP.update(&narrow, &b); LOOK;", 16),
    reading("log2l", "BPF_ARRAY(MAP, u64, 1);",
            "value = bpf_log2l(0) * 1000000 + bpf_log2l(1) * 10000 + bpf_log2l(4) * 100 + bpf_log2l(~0UL);",
            1 * 1000000 + 1 * 10000 + 3 * 100 + 64),
    reading("lock_xadd", "BPF_ARRAY(MAP, u64, 1);",
            "int key = 0; u64 *leaf = MAP.lookup(&key); if (leaf) lock_xadd(leaf, 5); LOOK;", 5),
    reading("globals", "BPF_ARRAY(MAP, u64, 1); static const int table_of_globals[] = {3, 5, 7, 9}; u64 counted = 40; "
            "u64 zeroed;",
            "zeroed += 2; value = counted + zeroed + table_of_globals[bpf_get_current_pid_tgid() ? 1 : 0];", 47),
    reading("string_table", 'BPF_ARRAY(MAP, u64, 1); static const char words[][8] = {"zero", "one", "two"};',
            "int i = bpf_get_current_pid_tgid() ? 2 : 0; char text[4]; bpf_probe_read_kernel_str(text, 4, words[i]); "
            "value = text[1] + words[1][i - 2];", ord("w") + ord("o")),
    reading("large_value_filled_and_copied", "struct large_t { u8 bytes[3001]; }; BPF_ARRAY(MAP, struct large_t, 2);",
            "int zero = 0, one = 1; struct large_t *from = MAP.lookup(&zero), *to = MAP.lookup(&one); "
            "if (!from || !to) return 0; "
            "__builtin_memset(from, 7, sizeof(*from)); from->bytes[1500] = 1; *to = *from; "
            "value = to->bytes[0] + to->bytes[1499] + to->bytes[1500] + to->bytes[2999] + to->bytes[3000];", 29),
]
