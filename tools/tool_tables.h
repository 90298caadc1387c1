// Tables: a key, and what is counted for it; histograms are tables of buckets. A part of tool.h.
#pragma once
#pragma clang system_header

// Each report shows key's and value's columns, the largest last column `by` first, and starts anew. What finds no room
// is counted and said at the end.
#define TABLE(name, key, value, entries)                                                                            \
  BPF_F_TABLE("hash", key, value, name, entries, 0);                                                                \
  SONDE_LOST_MAP(name);                                                                                             \
  SONDE_INLINE value *sonde_entry_##name(key *at) {                                                                 \
    value *found = name.lookup(at);                                                                                 \
    if (found) return found;                                                                                        \
    value first;                                                                                                    \
    __builtin_memset(&first, 0, sizeof(first));                                                                     \
    name.insert(at, &first);                                                                                        \
    found = name.lookup(at);                                                                                        \
    if (!found) sonde_count_lost(&__sonde_lost_##name, 0);                                                          \
    return found;                                                                                                   \
  }                                                                                                                 \
  extern int name##_table SONDE_ANNOTATE("table", #name)
// The value of a key, zeroed when it is new; NULL when there is no room.
#define entry_of(name, key) sonde_entry_##name(key)
#define add_to(variable, amount) __sync_fetch_and_add(&(variable), amount)
// Totals since the report before, one line each time, even of nothing; the header stands once: struct value of numbers.
#define TOTALS(name, value)                                                                                         \
  BPF_TABLE("array", u32, value, name, 1);                                                                          \
  extern int name##_table SONDE_ANNOTATE("table", #name)
#define totals_of(name)                                                                                             \
  ({                                                                                                                \
    u32 zero_ = 0;                                                                                                  \
    name.lookup(&zero_);                                                                                            \
  })
// TABLE, TOTALS and HISTOGRAM take SHOWN_IF(option) and SHOWN_UNLESS(option) behind them.
#define WITHOUT_HEADER(table) SONDE_SAYS("without_header", #table)
// Of a table: by a field, or by what COMPUTED takes; which column decides the order, and how many rows are shown.
#define SORTED_BY(table, field) SONDE_SAYS("sorted_by", #table, #field)
#define SORTED_BY_IF(option, table, field) SONDE_SAYS("sorted_by", #table, #field, #option)
#define SORTED_UP_BY(table, expression) SONDE_SAYS("sorted_up_by", #table, expression)
// An expression for each word of an option with CHOICES.
#define SORTED_BY_CHOICE(table, option, ...) SONDE_SAYS("sorted_by_choice", #table, #option, __VA_ARGS__)
// A line below a table: {field} is a column's sum, {expression} is computed of such sums.
#define SUMMARY(table, text) SONDE_SAYS("summary", #table, text)
#define LIMITED_BY(table, option) SONDE_SAYS("limited_by", #table, #option)
// The rows of a table are stacks with their weight, the field `value`; a key's field `tid` is shown instead of
// its pid.
// ABOVE("target:") and BELOW("waker:") behind a comm_t of the key: its line stands above or below the frames.
#define ABOVE(title) SONDE_ANNOTATE("above", title)
#define BELOW(title) SONDE_ANNOTATE("below", title)
#define AS_STACKS(table) SONDE_SAYS("as_stacks", #table)
// The kernel keeps one stack for each place of such a map, chosen by the low bits of a hash: of 3,000 stacks in 16,384
// places some
// 270 find theirs taken. They go to a second, smaller map, and what finds none there to a third.
#define STACK_TRACES(name, entries)                                                                                 \
  BPF_STACK_TRACE(name, entries);                                                                                   \
  BPF_STACK_TRACE(name##_2, (entries) / 4);                                                                         \
  BPF_STACK_TRACE(name##_3, (entries) / 16);                                                                        \
  SONDE_INLINE s32 sonde_stack_in_##name(void *ctx, u64 flags) {                                                    \
    s32 id = bcc_get_stackid_(ctx, SONDE_MAP_POINTER(name), flags);                                                 \
    if (!sonde_has_no_place(id)) return id;                                                                         \
    id = bcc_get_stackid_(ctx, SONDE_MAP_POINTER(name##_2), flags);                                                 \
    if (!sonde_has_no_place(id)) return id < 0 ? id : id | 1 << SONDE_STACK_MAP_AT;                                 \
    id = bcc_get_stackid_(ctx, SONDE_MAP_POINTER(name##_3), flags);                                                 \
    if (!sonde_has_no_place(id)) return id < 0 ? id : id | 2 << SONDE_STACK_MAP_AT;                                 \
    return sonde_count_lost_stack(&__sonde_lost_##name, id);                                                        \
  }                                                                                                                 \
  _Static_assert(1, "")
SONDE_INLINE bool sonde_has_no_place(s32 id) { return id == -17 /* EEXIST */ || id == -12 /* ENOMEM */; }
// The current stack's ID; flags: 0 for the kernel's, BPF_F_USER_STACK. Negative: there is none, or it could not be
// kept, which is
// counted.
#define stack_in(name, ctx, flags) sonde_stack_in_##name(ctx, flags)

// --- histograms ------------------------------------------------------------------------------------------------------

// Fields of the key with SECTION("pid") head a histogram each: "pid = 181".
#define SECTION(title) SONDE_ANNOTATE("column", title, 0)
#define SONDE_HISTOGRAM(name, key, unit, shape)                                                                     \
  BPF_F_TABLE("hash", key, struct sonde_histogram, name, 10240, 1 /* BPF_F_NO_PREALLOC */);                         \
  SONDE_LOST_MAP(name);                                                                                             \
  BPF_PERCPU_ARRAY(sonde_blank_##name, struct sonde_histogram, 1);                                                  \
  BPF_ARRAY(sonde_whole_##name, struct sonde_histogram, 1);                                                         \
  SONDE_INLINE struct sonde_histogram *sonde_entry_##name(key *at) {                                                \
    struct sonde_histogram *found = name.lookup(at);                                                                \
    if (found) return found;                                                                                        \
    int zero = 0;                                                                                                   \
    struct sonde_histogram *blank = sonde_blank_##name.lookup(&zero);                                               \
    if (blank) name.insert(at, blank);                                                                              \
    found = name.lookup(at);                                                                                        \
    if (!found) sonde_count_lost(&__sonde_lost_##name, 0);                                                          \
    return found;                                                                                                   \
  }                                                                                                                 \
  extern int name##_histogram SONDE_ANNOTATE("histogram", #name, unit, shape)
// Buckets are powers of two: 0 and 1, 2 and 3, 4 to 7, …
#define HISTOGRAM(name, key, unit) SONDE_HISTOGRAM(name, key, unit, "log2")
// A bucket each for 0 to 63, the last one also for what is above.
#define LINEAR_HISTOGRAM(name, key, unit) SONDE_HISTOGRAM(name, key, unit, "linear")
#define UNIT_IF(option, histogram, unit) SONDE_SAYS("unit_if", #histogram, unit, #option)
// A line below each histogram: "avg = 12 usecs, total: 120 usecs, count: 10".
#define AVERAGE_IF(option, histogram) SONDE_SAYS("average_if", #histogram, #option)

#define count_in(name, key, value)                                                                                  \
  ({                                                                                                                \
    u64 value_ = (value);                                                                                           \
    struct sonde_histogram *histogram_ = sonde_entry_##name(key);                                                   \
    if (histogram_) sonde_count(histogram_, bpf_log2l(value_), value_);                                             \
  })
#define count_linear(name, key, value)                                                                              \
  ({                                                                                                                \
    u64 value_ = (value);                                                                                           \
    struct sonde_histogram *histogram_ = sonde_entry_##name(key);                                                   \
    if (histogram_) sonde_count(histogram_, value_ < 63 ? value_ : 63, value_);                                     \
  })
// Into the histogram of the key that is all zeros, which is found without searching: where options leave nothing of the
// key.
#define count_whole(name, value)                                                                                    \
  ({                                                                                                                \
    u64 value_ = (value);                                                                                           \
    int zero_ = 0;                                                                                                  \
    struct sonde_histogram *histogram_ = sonde_whole_##name.lookup(&zero_);                                         \
    if (histogram_) sonde_count(histogram_, bpf_log2l(value_), value_);                                             \
  })
SONDE_INLINE void sonde_count(struct sonde_histogram *histogram, u64 slot, u64 value) {
  add_to(histogram->slots[slot & 63], 1);
  add_to(histogram->total, value);
  add_to(histogram->count, 1);
}
