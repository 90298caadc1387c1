// Tools that sum the time of interrupts or count them, as softirqs and hardirqs do. They include this in the place of
// tool.h, say INTERRUPTS and INTERRUPTS_BY, and call add_interrupt() at the hooks.
#pragma once
#pragma clang system_header
#include "tool.h"

// `kind`: of the interrupts, "soft"; `count_option`: the option that counts them, in long.
#define INTERRUPTS(kind, count_option)                                                                              \
  INTRO("Tracing " kind " irq event{counted?s}{!counted? time}... Hit Ctrl-C to end.");                             \
  OPTION(bool, counted, 'C', count_option, "how many there were") EXCLUDES(nanoseconds) EXCLUDES(distribution);     \
  OPTION(cpu_t, only_cpu, 'c', "cpu", "this CPU only") = -1;                                                        \
  SONDE_INLINE bool is_wanted_cpu(void) { return only_cpu < 0 || (s32)bpf_get_smp_processor_id() == only_cpu; }     \
  _Static_assert(1, "")
INTERVAL(0);
FILTERS("none");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, nanoseconds, 'N', "nanoseconds", "nanoseconds instead of microseconds");
OPTION(bool, distribution, 'd', "dist", "histograms instead of sums");
HEADING_IF(timestamp, "{time}");

struct total {
  u64 value;
};

// By a value of `type`, in `member` of struct interrupt: the title and width of its column, its name above a histogram,
// and how many there can be.
#define INTERRUPTS_BY(type, member, title, width, section_title, entries)                                           \
  struct interrupt {                                                                                                \
    type member COLUMN(title, width);                                                                               \
  };                                                                                                                \
  struct section {                                                                                                  \
    type member SECTION(section_title);                                                                             \
  };                                                                                                                \
  TABLE(totals, struct interrupt, struct total, entries) SHOWN_UNLESS(distribution);                                \
  COMPUTED(totals, "TOTAL_usecs", 11, 0, "value / 1000") SHOWN_UNLESS(nanoseconds) SHOWN_UNLESS(counted);           \
  COMPUTED(totals, "TOTAL_nsecs", 11, 0, "value") SHOWN_IF(nanoseconds);                                            \
  COMPUTED(totals, "TOTAL_count", 11, 0, "value") SHOWN_IF(counted);                                                \
  SORTED_UP_BY(totals, "value");                                                                                    \
  HISTOGRAM(dist, struct section, "usecs") SHOWN_IF(distribution);                                                  \
  UNIT_IF(nanoseconds, dist, "nsecs");                                                                              \
  SONDE_INLINE int count_interrupt(struct interrupt *interrupt, u64 amount) {                                       \
    struct total *total = entry_of(totals, interrupt);                                                              \
    if (total) add_to(total->value, amount);                                                                        \
    return 0;                                                                                                       \
  }                                                                                                                 \
  SONDE_INLINE int add_interrupt(struct interrupt *interrupt, u64 taken_ns) {                                       \
    if (!distribution) return count_interrupt(interrupt, taken_ns);                                                 \
    count_in(dist, (struct section *)interrupt, taken_ns / (nanoseconds ? 1 : 1000));                               \
    return 0;                                                                                                       \
  }                                                                                                                 \
  _Static_assert(1, "")
