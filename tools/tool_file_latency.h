// Tools that show how long a file system's operations take, as histograms, as ext4dist does. They include this in the
// place of tool.h, say FILE_LATENCY("ext4"), and name the file system's functions by LATENCY_OF("read", FUNCTION).
#pragma once
#pragma clang system_header
#include "tool.h"

#define FILE_LATENCY(name)                                                                                          \
  TOOL("Show how long operations of " name " take, as histograms.");                                                \
  INTRO("Tracing " name " operation latency... Hit Ctrl-C to end.");                                                \
  OVERHEAD("Two hooks for each read, write, open and fsync on " name ": up to a microsecond together, to be seen "  \
           "where files are read from the page cache a million times a second.")
INTERVAL(0);
OPTION(bool, no_timestamp, 'T', "notimestamp", "no time above the reports of an interval");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
HEADING("{interval?{!no_timestamp?{time}:}}");

typedef char operation_t[8];
struct section {
  operation_t operation SECTION("operation");
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
PER_THREAD(u64, started);

SONDE_INLINE int begin_operation(void) {
  if (is_wanted()) per_thread_store(started, bpf_ktime_get_ns());
  return 0;
}

// `name`: at most seven letters.
#define LATENCY_OF(name, function)                                                                                  \
  ON_KERNEL(function) { return begin_operation(); }                                                                 \
  ON_KERNEL_RETURN(function) {                                                                                      \
    u64 since;                                                                                                      \
    if (!per_thread_pop(started, &since)) return 0;                                                                  \
    struct section section = {name};                                                                                \
    count_in(dist, &section, (bpf_ktime_get_ns() - since) / (milliseconds ? 1000000 : 1000));                       \
    return 0;                                                                                                       \
  }
