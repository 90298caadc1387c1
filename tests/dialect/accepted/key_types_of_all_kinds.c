// Keys and leaves of every kind of type: 128 bits, enums, bool, anonymous unions, arrays, typedefs of structs without a tag.
// map wide hash type 1 key 48 value 16 entries 10240
// map chosen hash type 1 key 8 value 8 entries 10240
// map flags hash type 1 key 5 value 1 entries 10240
// map parts hash type 1 key 8 value 8 entries 10240
// map table hash type 1 key 16 value 24 entries 10240
struct wide_t { unsigned __int128 a; __int128 b; u64 c; };
enum event_t { READ, WRITE_IT, CLOSE = 100 };
struct chosen_t { enum event_t event; struct { int x; } in; };
struct flags_t { bool a; u8 b; bool c[3]; };
typedef struct { u32 number; union { u32 whole; u16 halves[2]; }; } parts_t;
struct addresses_t { u8 bytes[2][8]; };

BPF_HASH(wide, struct wide_t, unsigned __int128);
BPF_HASH(chosen, struct chosen_t, struct chosen_t);
BPF_HASH(flags, struct flags_t, bool);
BPF_HASH(parts, parts_t);
struct leaf_t { u64 a[3]; };
BPF_HASH(table, struct addresses_t, struct leaf_t);

int program(struct pt_regs *ctx) {
  struct wide_t key = {.a = 5};
  unsigned __int128 seven = 7, *found;
  wide.update(&key, &seven);
  if ((found = wide.lookup(&key))) *found += 1;
  struct chosen_t choice = {CLOSE, {3}};
  chosen.update(&choice, &choice);
  struct flags_t flag = {.a = true, .c = {[2] = true}};
  bool yes = 7;
  flags.update(&flag, &yes);
  parts_t part = {.number = 1};
  part.halves[1] = 3;
  parts.increment(part, part.whole);
  struct addresses_t address = {.bytes = {[1] = "abc"}};
  typeof(table.leaf) zero = {};
  table.lookup_or_try_init(&address, &zero);
  return yes;
}
