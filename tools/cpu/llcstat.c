// llcstat - how often processes find what they ask for in the last level of the CPU's caches.
#include "tool.h"

TOOL("Count references and misses of the last level cache by process.");
INTRO("Running for {duration} seconds or hit Ctrl-C to end.");
DURATION_IS(10);
OPTION(u64, period, 'c', "sample_period", "a sample each so many events") VALUE("N") RANGE(1, 0x7fffffffffffffff) = 100;
OPTION(bool, by_thread, 't', "tid", "threads, each for itself");
NOTES("Needs a CPU with performance counters: most virtual machines have none. Counts are samples times the period.");
OVERHEAD("A sample costs about a microsecond: with the default period, and millions of references a second, that is several percent "
      "of a CPU.");
EXAMPLE("sonde llcstat 10 -c 1000", "for 10 seconds, at a tenth of the cost");
SESSION("sonde llcstat 1",
        "llcstat: error: this machine does not count cache-misses: perf_event cache-misses: this machine has no hardware counters, like many virtual ones\n"
        "hint: virtual machines seldom have counters of the CPU; perf list says which there are");

struct key {
  pid_t pid COLUMN("PID", -8);
  pid_t tid COLUMN("TID", -8) SHOWN_IF(by_thread);
  comm_t comm COLUMN("NAME", -16);
  u32 cpu COLUMN("CPU", -4);
};
struct value {
  u64 references COLUMN("REFERENCE", 12);
  u64 misses COLUMN("MISS", 12);
};
TABLE(counts, struct key, struct value, 10240);
COMPUTED(counts, "HIT%", 7, 2, "100 * max(references - misses, 0) / max(references, 1)") AFTER("%");
SORTED_UP_BY(counts, "pid");
SUMMARY(counts, "Total References: {references} Total Misses: {misses} Hit Rate: {100 * max(references - misses, 0) / max(references, 1)}%");

SONDE_INLINE struct value *value_of_task(void) {
  if (!is_wanted()) return NULL;
  struct key key = {};
  fill_task(&key, pid, comm);
  if (by_thread) key.tid = current_tid();
  key.cpu = bpf_get_smp_processor_id();
  return entry_of(counts, &key);
}

ON_COUNTER(on_reference, "cache-references", period) {
  struct value *value = value_of_task();
  if (value) add_to(value->references, period);
  return 0;
}

ON_COUNTER(on_miss, "cache-misses", period) {
  struct value *value = value_of_task();
  if (value) add_to(value->misses, period);
  return 0;
}
