// What a tool says of itself. A tool is one C file that includes this: it declares options, columns, histograms and
// tables, and says what happens at each hook; everything else is done for it (docs/howto/write-a-tool.md).
#pragma once
#pragma clang system_header
#include <bpf/bpf_core_read.h>

#include "kernel.h"

#define SONDE_ANNOTATE(...) __attribute__((annotate("sonde." __VA_ARGS__)))
// What is said of the tool as a whole hangs on declarations that nothing refers to.
#define SONDE_SAYS_(number, ...) extern int sonde_says_##number SONDE_ANNOTATE(__VA_ARGS__)
#define SONDE_SAYS__(number, ...) SONDE_SAYS_(number, __VA_ARGS__)
#define SONDE_SAYS(...) SONDE_SAYS__(__COUNTER__, __VA_ARGS__)

// --- the tool --------------------------------------------------------------------------------------------------------

#define TOOL(summary)                                                                                               \
  SONDE_SAYS("tool", summary); \
  SONDE_FOLLOW_CHILDREN
// Before the first report. {name} stands for the value of an option, {option?text} for text if it is on, {!option?text}
// if it is off, and text may have braces of its own; {interval}; {end}: when the tool ends, " for 3 secs." or "... Hit
// Ctrl-C to end." A name that is not declared is an error when the tool is read.
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
// -p and the other filters are not offered: FILTERS("none"), for a tool whose hooks run in no task's name.
#define FILTERS(...) SONDE_SAYS("filters", __VA_ARGS__)
// What it shows is of one process, as addresses are: --exec does not follow the children of its command.
#define OF_ONE_PROCESS SONDE_SAYS("of_one_process")
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
// What a session with it looks like, in the manual page: a command and what it printed.
#define SESSION(command, output) SONDE_SAYS("session", command, output)

// --- options ---------------------------------------------------------------------------------------------------------

// A constant of the program that the command line sets before it is loaded: code behind an option that is off costs
// nothing. letter 0: none. A default is written behind it: OPTION(u32, top, 'T', "top", "rows of a report") = 10;
#define OPTION(type, name, letter, long_name, help) \
  static const volatile type name __attribute__((used)) SONDE_ANNOTATE("option", letter, long_name, help)
// Several values, separated by commas or given again: in_list(ports, 80).
#define LIST_OPTION(type, name, letter, long_name, help)                                                            \
  static const volatile struct {                                                                                    \
    u32 count;                                                                                                      \
    type at[SONDE_LIST];                                                                                            \
  } name __attribute__((used)) SONDE_ANNOTATE("option", letter, long_name, help)
#define SONDE_LIST 32
// A value without a dash, before interval and count.
#define ARGUMENT(type, name, word, help) \
  static const volatile type name __attribute__((used)) SONDE_ANNOTATE("argument", word, help)
// After an option: not together with the other; on if the other is.
#define EXCLUDES(option) SONDE_ANNOTATE("excludes", #option)
// After an option of type text_t: a regular expression that the column's text has to have for a row to be shown.
#define MATCHING(column) SONDE_ANNOTATE("matching", #column)
// A flag that prints the names that values of this type have, and ends.
#define LISTS(type) SONDE_ANNOTATE("lists", #type)
// One of these words; the option's value is the place of the word, from 0.
#define CHOICES(...) SONDE_ANNOTATE("settings", __VA_ARGS__)
// After an option, or a list of them: the least and the largest number that make sense. Without it all are taken that
// its type can hold; cpu_t, port_t, process_t, signal_t and thread_t know their own.
#define RANGE(low, high) SONDE_ANNOTATE("range", low, high)
// After an option that has a partner: not larger than the other's value.
#define AT_MOST(option) SONDE_ANNOTATE("at_most", #option)
// After an option: what it means without a value.
#define OPTIONAL_VALUE(text) SONDE_ANNOTATE("optional_value", text)
// After an option: how many entries a map has.
#define ENTRIES_OF(map) SONDE_ANNOTATE("entries_of", #map)
// After an option: the pages of rows' buffer, a power of two.
#define PAGES_OF(rows) SONDE_ANNOTATE("pages_of", #rows)
// A map that only programs behind an option reach: it takes no room when the option is off.
#define USED_IF(map, option) SONDE_SAYS("used_if", #map, #option)
#define USED_UNLESS(map, option) SONDE_SAYS("used_unless", #map, #option)
// A constant that is the address of a variable of the kernel; 0: it has none of this name.
#define KERNEL_ADDRESS(variable) \
  static const volatile u64 address_of_##variable __attribute__((used)) SONDE_ANNOTATE("kernel_address", #variable)
// What the word on the command line stands for in help: --top ROWS.
#define VALUE(word) SONDE_ANNOTATE("value", word)

#define in_list(list, value)                                                                                        \
  ({                                                                                                                \
    bool found_ = false;                                                                                            \
    for (u32 i_ = 0; i_ < SONDE_LIST && i_ < (list).count; i_++) found_ = found_ || (list).at[i_] == (value);       \
    found_;                                                                                                         \
  })

#include "tool_columns.h"
#include "tool_rows.h"
#include "tool_tables.h"

// --- what a thread began ---------------------------------------------------------------------------------------------

// A value from one hook to the next, for each thread.
#define PER_THREAD(type, name) PER_KEY(u32, type, name, 10240)
#define PER_KEY(key, type, name, entries) SONDE_PER_KEY(key, type, name, entries, 0)
// For many entries: room is taken when it is needed. Not for hooks where the kernel itself gets memory.
#define SPARSE_PER_KEY(key, type, name, entries) SONDE_PER_KEY(key, type, name, entries, 1 /* BPF_F_NO_PREALLOC */)
#define SONDE_PER_KEY(key, type, name, entries, flags)                                                              \
  BPF_F_TABLE("hash", key, type, name, entries, flags);                                                             \
  SONDE_LOST_MAP(name);                                                                                             \
  SONDE_INLINE void sonde_store_##name(key *at, type *value) {                                                      \
    if (name.update(at, value)) sonde_count_lost(&__sonde_lost_##name, 0);                                          \
  }                                                                                                                 \
  SONDE_INLINE bool sonde_pop_##name(key *at, type *value) {                                                        \
    type *found = name.lookup(at);                                                                                  \
    if (!found) return false;                                                                                       \
    *value = *found;                                                                                                \
    name.delete(at);                                                                                                \
    return true;                                                                                                    \
  }                                                                                                                 \
  SONDE_INLINE type *sonde_get_or_create_##name(key *at) {                                                          \
    type *found = name.lookup(at);                                                                                  \
    if (found) return found;                                                                                        \
    type first;                                                                                                     \
    __builtin_memset(&first, 0, sizeof(first));                                                                     \
    sonde_store_##name(at, &first);                                                                                 \
    return name.lookup(at);                                                                                         \
  }                                                                                                                 \
  _Static_assert(1, "")
#define per_key_store(name, key, value)                                                                             \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    __auto_type value_ = (value);                                                                                   \
    sonde_store_##name(&key_, &value_);                                                                             \
  })
// Into *value, and away; false if there is nothing.
#define per_key_pop(name, key, value)                                                                               \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    sonde_pop_##name(&key_, value);                                                                                 \
  })
// Where a key's value stands, zeroed when it is new; NULL when there is no room. For what is kept as long as its thread
// lives: to write there costs half of per_thread_store() and per_thread_pop(). per_key_find() is NULL for what is not
// there, and per_key_erase() takes it away.
#define per_key_get_or_create(name, key)                                                                            \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    sonde_get_or_create_##name(&key_);                                                                              \
  })
#define per_key_find(name, key)                                                                                     \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    name.lookup(&key_);                                                                                             \
  })
#define per_key_erase(name, key)                                                                                    \
  ({                                                                                                                \
    __auto_type key_ = (key);                                                                                       \
    name.delete(&key_);                                                                                             \
  })
#define per_thread_store(name, value) per_key_store(name, (u32)bpf_get_current_pid_tgid(), value)
#define per_thread_pop(name, value) per_key_pop(name, (u32)bpf_get_current_pid_tgid(), value)

#include "tool_text.h"
#include "tool_hooks.h"
#include "tool_probes.h"
#include "tool_tasks.h"
#include "tool_block.h"
#include "tool_sockets.h"
