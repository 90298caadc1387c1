// What a tool says of itself. A tool is one C file that includes this: it declares options, columns, histograms and
// tables, and says what happens at each hook; everything else is done for it (docs/howto/write-a-tool.md).
#pragma once
#pragma clang system_header
#include <bpf/bpf_core_read.h>

#include "kernel.h"

#define SONDE_NOTE(...) __attribute__((annotate("sonde." __VA_ARGS__)))
// What is said of the tool as a whole hangs on declarations that nothing refers to.
#define SONDE_SAYS_(line, ...) extern int sonde_says_##line SONDE_NOTE(__VA_ARGS__)
#define SONDE_SAYS__(line, ...) SONDE_SAYS_(line, __VA_ARGS__)
#define SONDE_SAYS(...) SONDE_SAYS__(__LINE__, __VA_ARGS__)

// --- the tool -----------------------------------------------------------------------------------------------------------

#define TOOL(summary) SONDE_SAYS("tool", summary)
// Before the first report. {name} stands for the value of an option, {option?text} for text if it is on, {!option?text} if
// it is off, and text may have braces of its own; {interval}; {end}: when the tool ends, " for 3 secs." or "... Hit Ctrl-C to
// end."
#define INTRO(text) SONDE_SAYS("intro", text)
// [interval [count]] on the command line: a report every so many seconds; 0: one, at the end.
#define INTERVAL(seconds) SONDE_SAYS("interval", seconds)
// The same as -i SECONDS.
#define INTERVAL_OPTION SONDE_SAYS("interval_is_option")
// [duration] on the command line: ends after so many seconds.
#define DURATION SONDE_SAYS("duration")
#define DURATION_IS(seconds) SONDE_SAYS("duration", seconds)
// A line above each report: {time}, {loadavg}.
#define HEADING(text) SONDE_SAYS("heading", text)
#define HEADING_IF(option, text) SONDE_SAYS("heading", text, #option)
// Reports are tables that replace each other on a terminal.
#define CLEARS_SCREEN SONDE_SAYS("clears_screen")
// -p and its kin are not offered: FILTERS("none"), for a tool whose hooks run in no task's name.
#define FILTERS(...) SONDE_SAYS("filters", __VA_ARGS__)
// A letter for one of the outputs that all tools have: OUTPUT_LETTER('j', "json").
#define OUTPUT_LETTER(letter, output) SONDE_SAYS("output_letter", letter, output)
// What the tool shows is made by tools/GROUP/NAME.cc.
#define OWN_SHAPE SONDE_SAYS("own_shape")
// A letter for an option that takes a command, beside --exec.
#define COMMAND_LETTER(letter) SONDE_SAYS("command_letter", letter)
// A paragraph of the manual page.
#define NOTES(text) SONDE_SAYS("notes", text)
// What it costs, in the manual page.
#define OVERHEAD(text) SONDE_SAYS("overhead", text)
#define EXAMPLE(command, text) SONDE_SAYS("example", command, text)

// --- options ------------------------------------------------------------------------------------------------------------

// A constant of the program that the command line sets before it is loaded: code behind an option that is off costs nothing.
// letter 0: none. A default is written behind it: OPTION(u32, top, 'T', "top", "rows of a report") = 10;
#define OPTION(type, name, letter, long_name, help) \
  static const volatile type name __attribute__((used)) SONDE_NOTE("option", letter, long_name, help)
// Several values, separated by commas or given again: in_list(ports, 80).
#define LIST_OPTION(type, name, letter, long_name, help)                                                            \
  static const volatile struct {                                                                                    \
    u32 count;                                                                                                      \
    type at[SONDE_LIST];                                                                                            \
  } name __attribute__((used)) SONDE_NOTE("option", letter, long_name, help)
#define SONDE_LIST 32
// A value without a dash, before interval and count.
#define ARGUMENT(type, name, word, help) \
  static const volatile type name __attribute__((used)) SONDE_NOTE("argument", word, help)
// After an option: not together with the other; on if the other is.
#define EXCLUDES(option) SONDE_NOTE("excludes", #option)
// After an option of type text_t: a regular expression that the column's text has to have for a row to be shown.
#define MATCHING(column) SONDE_NOTE("matching", #column)
// A flag that prints the names that values of this type have, and ends.
#define LISTS(type) SONDE_NOTE("lists", #type)
// One of these words; the option's value is the place of the word, from 0.
#define CHOICES(...) SONDE_NOTE("choices", __VA_ARGS__)
// After an option: what it means without a value.
#define OPTIONAL_VALUE(text) SONDE_NOTE("optional_value", text)
// After an option: how many entries a map has.
#define ENTRIES_OF(map) SONDE_NOTE("entries_of", #map)
// After an option: the pages of rows' buffer, a power of two.
#define PAGES_OF(rows) SONDE_NOTE("pages_of", #rows)
// A map that only programs behind an option reach: it takes no room when the option is off.
#define USED_IF(map, option) SONDE_SAYS("used_if", #map, #option)
#define USED_UNLESS(map, option) SONDE_SAYS("used_unless", #map, #option)
// A constant that is the address of a variable of the kernel; 0: it has none of this name.
#define KERNEL_ADDRESS(variable) \
  static const volatile u64 address_of_##variable __attribute__((used)) SONDE_NOTE("kernel_address", #variable)
// What the word on the command line stands for in help: --top ROWS.
#define VALUE(word) SONDE_NOTE("value", word)

#define in_list(list, value)                                                                                        \
  ({                                                                                                                \
    bool found_ = false;                                                                                            \
    for (u32 i_ = 0; i_ < SONDE_LIST && i_ < (list).count; i_++) found_ = found_ || (list).at[i_] == (value);       \
    found_;                                                                                                         \
  })

// --- columns ------------------------------------------------------------------------------------------------------------

// Of a field of a row, key or value. A negative width: to the left. The field's type chooses how it is shown.
#define COLUMN(title, width) SONDE_NOTE("column", title, width)
// Also behind ROWS and TABLE. The options `pid` and `tid` are the frame's own -p and -t.
#define SHOWN_IF(option) SONDE_NOTE("if", #option)
#define SHOWN_UNLESS(option) SONDE_NOTE("unless", #option)
#define UNIT(unit) SONDE_NOTE("unit", unit)      // of a duration: "s", "ms", "us", "ns"; of bytes: "KB", "MB"
#define DIGITS(digits) SONDE_NOTE("digits", digits)  // behind the point
#define CUT(characters) SONDE_NOTE("cut", characters)
// Another width with an option; what is CUT is then cut there.
#define WIDTH_IF(option, width) SONDE_NOTE("width_if", #option, width)
#define PER_SECOND SONDE_NOTE("per_second")      // of a count in a table: divided by the interval
#define BEFORE(text) SONDE_NOTE("before", text)  // directly before what is shown, a part of its width
#define AFTER(text) SONDE_NOTE("after", text)    // directly behind it
// Computed when shown: COMPUTED(table, "HIT%", 7, 2, "100 * (reference - miss) / reference"). A name is a field, or
// meminfo_NAME for kilobytes of /proc/meminfo; "time" alone is the time of the report, and its column the first.
#define COMPUTED(table, title, width, digits, expression) SONDE_SAYS("computed", #table, title, width, digits, expression)

typedef u64 timestamp_t;    // bpf_ktime_get_ns(): seconds since the start, or UNIT("ms")
typedef u64 boot_time_t;    // bpf_ktime_get_ns(): seconds since the machine was started
typedef u64 clock_ms_t;     // bpf_ktime_get_ns(): HH:MM:SS.mmm; in a column's title {zone} is the time zone
typedef u64 utc_clock_ms_t;
typedef u64 wall_time_t;    // bpf_ktime_get_ns(): HH:MM:SS
typedef u64 duration_ns_t;
typedef u64 bytes_t;
typedef char comm_t[TASK_COMM_LEN];
typedef char path_t[256];
typedef char text_t[128];
typedef s32 fd_t;
typedef s32 errno_t;        // positive
typedef s32 signal_t;
typedef u32 octal_t;
typedef u64 hex_t;
typedef u64 inode_t;        // as an option: the path of a file
typedef u16 port_t;         // host's byte order
typedef u32 disk_t;         // dev_t of the kernel: major << 20 | minor
typedef u64 ksym_t;         // an address in the kernel
typedef s32 kernel_stack_t; // of STACK_TRACES
typedef s32 user_stack_t;   // of the process in the field of type pid_t
typedef u32 tcp_state_t;
typedef u32 capability_t;
typedef u32 syscall_t;
typedef u32 softirq_t;
typedef u32 exit_code_t;    // task->exit_code
typedef u32 io_flags_t;     // cmd_flags of a block request
typedef u32 open_flag_t;    // O_CREAT
typedef s32 open_mode_t;    // negative: the call made no file
typedef struct {
  u32 family;  // AF_INET, AF_INET6
  u8 bytes[16];
} ip_t;
typedef struct {
  ip_t ip;
  port_t port;
} endpoint_t;
// An answer of a name server, of which dns_name_t learns, and an address at the time when it is used.
typedef struct {
  u64 at;
  u32 length;
  u8 bytes[512];
} dns_answer_t;
typedef struct {
  u64 at;
  ip_t ip;
} dns_name_t;
// Where a function of a process starts.
typedef struct {
  u64 address;
  pid_t pid;
} user_function_t;
// A command's words, each with a zero byte behind it.
typedef struct {
  u32 length;     // of `bytes`, as far as there is something
  u32 in_quotes;  // as text
  u32 has_more;
  char bytes[20 * 128];
} arguments_t;
// A path as a call had it, then the directories above it, innermost first, each with a zero byte behind it.
typedef struct {
  u32 length;
  char bytes[4096 + 256];
} joined_path_t;
typedef struct {
  u32 kind;  // enum mount_kind
  s32 result;
  u64 flags;
  s64 numbers[3];
  char is_null[4];
  char texts[4][256];
} mount_call_t;
enum mount_kind { MOUNT, UMOUNT, FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT };
typedef struct {
  u32 kind;    // enum shm_kind
  u32 flags;   // of shmctl(2): the command
  u64 id;      // key or shmid
  u64 number;  // size or address
} shm_call_t;
enum shm_kind { SHMGET, SHMAT, SHMDT, SHMCTL };
// Stacks that belong to one row and stand below it: bpf_get_stack().
#define SONDE_FRAMES 64
typedef struct {
  u64 at[SONDE_FRAMES];
} kernel_frames_t;
typedef struct {
  u64 at[SONDE_FRAMES];
  u64 pid;
} user_frames_t;

// --- rows: one line an event --------------------------------------------------------------------------------------------

// Kernels before 5.8 have no ring buffers: there a row is made in memory of its CPU and goes through a perf buffer.
static const volatile bool sonde_without_ring_buffers __attribute__((used));
void *sonde_context(void) __asm__("sonde.context");  // of the program that this is called in, from however deep
#define ROWS(name, row)                                                                                             \
  BPF_RINGBUF_OUTPUT(name, SONDE_RING_PAGES);                                                                       \
  BPF_PERF_OUTPUT(name##_by_cpu);                                                                                   \
  BPF_PERCPU_ARRAY(name##_room, row, 1);                                                                            \
  typedef row name##_row;                                                                                           \
  extern name##_row name##_rows SONDE_NOTE("rows", #name)
#define SONDE_RING_PAGES 64
// Each of the two is tested for NULL by itself: kernels before 6.2 take a second test of what was reserved for a leak.
// Room for a row, zeroed, or NULL: that it is lost is counted. What is not sent must be dropped.
#define new_row(name) new_part(name, sizeof(name##_row))
#define send_row(name, row) send_part(name, row, sizeof(name##_row))
#define drop_row(name, row)                                                                                         \
  ({                                                                                                                \
    if (!sonde_without_ring_buffers) name.ringbuf_discard(row, 0);                                                  \
  })
// The first bytes of a row, where what is behind them is large and not wanted.
#define new_part(name, size)                                                                                        \
  ({                                                                                                                \
    int zero_ = 0;                                                                                                  \
    name##_row *row_;                                                                                               \
    if (sonde_without_ring_buffers) {                                                                               \
      row_ = name##_room.lookup(&zero_);                                                                            \
      if (row_) __builtin_memset(row_, 0, size);                                                                             \
    } else {                                                                                                        \
      row_ = name.ringbuf_reserve(size);                                                                            \
      if (row_) __builtin_memset(row_, 0, size);                                                                             \
    }                                                                                                               \
    row_;                                                                                                           \
  })
#define send_part(name, row, size)                                                                                  \
  ({                                                                                                                \
    if (sonde_without_ring_buffers) name##_by_cpu.perf_submit(sonde_context(), row, size);                           \
    else name.ringbuf_submit(row, 0);                                                                               \
  })
// A row that was made somewhere else, or its first bytes: as many as there is something in.
#define send_copy(name, row, size)                                                                                  \
  ({                                                                                                                \
    if (sonde_without_ring_buffers) name##_by_cpu.perf_submit(sonde_context(), row, size);                           \
    else name.ringbuf_output(row, size, 0);                                                                         \
  })
// As text a row is this line, without a header: {field}, {time}, {loadavg}.
#define LINE(rows, text) SONDE_SAYS("line", #rows, text)

// --- tables: a key, and what is counted for it --------------------------------------------------------------------------

// Each report shows key's and value's columns, the largest last column `by` first, and starts anew. What finds no room is
// counted and said at the end.
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
  extern int name##_table SONDE_NOTE("table", #name)
// The value of a key, zeroed when it is new; NULL when there is no room.
#define entry_of(name, key) sonde_entry_##name(key)
#define add_to(variable, amount) __sync_fetch_and_add(&(variable), amount)
// Totals since the report before, one line each time, even of nothing; the header stands once: struct value of numbers.
#define TOTALS(name, value)                                                                                         \
  BPF_TABLE("array", u32, value, name, 1);                                                                          \
  extern int name##_table SONDE_NOTE("table", #name)
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
#define ABOVE(title) SONDE_NOTE("above", title)
#define BELOW(title) SONDE_NOTE("below", title)
#define AS_STACKS(table) SONDE_SAYS("as_stacks", #table)
#define STACK_TRACES(name, entries) BPF_STACK_TRACE(name, entries)

// --- histograms ---------------------------------------------------------------------------------------------------------

struct sonde_histogram {
  u64 slots[64];
  u64 total;
  u64 count;
};
// Fields of the key with SECTION("pid") head a histogram each: "pid = 181".
#define SECTION(title) SONDE_NOTE("column", title, 0)
#define SONDE_HISTOGRAM(name, key, unit, shape)                                                                     \
  BPF_F_TABLE("hash", key, struct sonde_histogram, name, 10240, 1 /* BPF_F_NO_PREALLOC */);                         \
  SONDE_LOST_MAP(name);                                                                                             \
  BPF_PERCPU_ARRAY(sonde_blank_##name, struct sonde_histogram, 1);                                                  \
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
  extern int name##_histogram SONDE_NOTE("histogram", #name, unit, shape)
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
SONDE_INLINE void sonde_count(struct sonde_histogram *histogram, u64 slot, u64 value) {
  add_to(histogram->slots[slot & 63], 1);
  add_to(histogram->total, value);
  add_to(histogram->count, 1);
}

// --- what a thread began ------------------------------------------------------------------------------------------------

// A value from one hook to the next, for each thread.
#define PER_THREAD(type, name) PER_KEY(u32, type, name, 10240)
#define PER_KEY(key, type, name, entries) SONDE_PER_KEY(key, type, name, entries, 0)
// For many entries: room is taken when it is needed. Not for hooks where the kernel itself gets memory.
#define SPARSE_PER_KEY(key, type, name, entries) SONDE_PER_KEY(key, type, name, entries, 1 /* BPF_F_NO_PREALLOC */)
#define SONDE_PER_KEY(key, type, name, entries, flags)                                                              \
  BPF_F_TABLE("hash", key, type, name, entries, flags);                                                             \
  SONDE_LOST_MAP(name);                                                                                             \
  SONDE_INLINE void sonde_keep_##name(key *at, type *value) {                                                       \
    if (name.update(at, value)) sonde_count_lost(&__sonde_lost_##name, 0);                                          \
  }                                                                                                                 \
  SONDE_INLINE bool sonde_take_##name(key *at, type *value) {                                                       \
    type *found = name.lookup(at);                                                                                  \
    if (!found) return false;                                                                                       \
    *value = *found;                                                                                                \
    name.delete(at);                                                                                                \
    return true;                                                                                                    \
  }                                                                                                                 \
  _Static_assert(1, "")
#define keep_for(name, key, value)                                                                                  \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    __auto_type value_ = (value);                                                                                   \
    sonde_keep_##name(&key_, &value_);                                                                              \
  })
// Into *value, and away; false if there is nothing.
#define take_of(name, key, value)                                                                                   \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    sonde_take_##name(&key_, value);                                                                                \
  })
#define keep(name, value) keep_for(name, (u32)bpf_get_current_pid_tgid(), value)
#define take(name, value) take_of(name, (u32)bpf_get_current_pid_tgid(), value)

// --- hooks --------------------------------------------------------------------------------------------------------------

#define ON_SYSCALL(name, ...) int kprobe__sys_##name(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_SYSCALL_RETURN(name) int kretprobe__sys_##name(struct pt_regs *ctx)
#define ON_KERNEL(function, ...) int kprobe__##function(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_KERNEL_RETURN(function) int kretprobe__##function(struct pt_regs *ctx)
#define RETURNED PT_REGS_RC(ctx)
// `args` points to the event's record: struct trace_event_raw_… of the kernel, of which kernel.h says the fields.
#define ON_TRACEPOINT(category, event, record) int tracepoint__##category##__##event(record *args)
#define ON_RAW_TRACEPOINT(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)
// Functions of user programs; the library's name as for ld(1), or a path.
#define ON_USER(function_name, library, symbol, ...) \
  SONDE_NOTE("uprobe", library, symbol) int function_name(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_USER_RETURN(function_name, library, symbol) \
  SONDE_NOTE("uretprobe", library, symbol) int function_name(struct pt_regs *ctx)
// On every CPU, so many times a second; `frequency` names an option.
#define ON_SAMPLE(function_name, frequency) \
  SONDE_NOTE("sample", #frequency) int function_name(struct bpf_perf_event_data *ctx)
// The same, or each so many events where `period` is not 0; on one CPU where `cpu` is not negative. It counts cycles where
// the machine has a counter for them.
#define ON_CYCLES(function_name, frequency, period, cpu) \
  SONDE_NOTE("cycles", #frequency, #period, #cpu) int function_name(struct bpf_perf_event_data *ctx)

// Each so many events that the CPU counts; `period` names an option. Names are perf's: "cache-misses".
#define ON_COUNTER(function_name, counter, period) \
  SONDE_NOTE("counter", counter, #period) int function_name(struct bpf_perf_event_data *ctx)

// Before a hook: attached if the option is on; if the kernel has no such place, the tool runs without it.
#define ONLY_IF(option) SONDE_NOTE("if", #option)
#define ONLY_UNLESS(option) SONDE_NOTE("unless", #option)
#define OPTIONAL SONDE_NOTE("optional")
// Programs that do the same at different places. The first set that this kernel takes is attached: a set is names with
// blanks between them.
#define EITHER(...) SONDE_SAYS("either", __VA_ARGS__)

// --- strings ------------------------------------------------------------------------------------------------------------

// What could not be read is counted and said at the end.
BPF_PERCPU_ARRAY(sonde_unread, u64, 1);
SONDE_INLINE long sonde_note_unread(long length) {
  int zero = 0;
  u64 *count = length < 0 ? sonde_unread.lookup(&zero) : NULL;
  if (count) *count += 1;
  return length;
}
#define read_user_string(to, from) sonde_note_unread(bpf_probe_read_user_str(to, sizeof(to), from))
#define read_kernel_string(to, from) sonde_note_unread(bpf_probe_read_kernel_str(to, sizeof(to), from))

// Whether `part` is in `text`, both with room for a command's name; an empty part is in every text.
SONDE_INLINE bool sonde_has_part(const char *text, const volatile char *part) {
  for (u32 i = 0; i < TASK_COMM_LEN; i++) {
    u32 differs = 0;
    for (u32 k = 0; k < TASK_COMM_LEN; k++) {
      char wanted = part[k], found = i + k < TASK_COMM_LEN ? text[i + k] : 0;
      if (wanted) differs |= wanted ^ found;
    }
    if (!differs) return true;
  }
  return false;
}
// Whether the current command's name has the option's text in it.
SONDE_INLINE bool comm_has(const volatile char *part) {
  if (!part[0]) return true;
  char comm[TASK_COMM_LEN];
  bpf_get_current_comm(comm, sizeof(comm));
  return sonde_has_part(comm, part);
}

#include "tool_tasks.h"
#include "tool_block.h"
#include "tool_sockets.h"
