// softirqs - the time spent in soft interrupts, or how many there were, by their kind.
#include "tool.h"

TOOL("Sum the time of soft interrupts, or count them, by their kind.");
INTRO("Tracing soft irq event{counted?s}{!counted? time}... Hit Ctrl-C to end.");
INTERVAL(0);
FILTERS("none");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, nanoseconds, 'N', "nanoseconds", "nanoseconds instead of microseconds");
OPTION(bool, distribution, 'd', "dist", "histograms instead of sums");
OPTION(bool, counted, 'C', "events", "how many there were") EXCLUDES(nanoseconds) EXCLUDES(distribution);
OPTION(cpu_t, only_cpu, 'c', "cpu", "this CPU only") = -1;
HEADING_IF(timestamp, "{time}");
OVERHEAD("Two hooks for each soft interrupt, some hundred nanoseconds together.");
EXAMPLE("sonde softirqs 10", "every 10 seconds the time spent for each kind");
EXAMPLE("sonde softirqs -d -c 0", "distributions on CPU 0");
SESSION("sonde softirqs 1 1",
        "Tracing soft irq event time... Hit Ctrl-C to end.\n"
        "\n"
        "SOFTIRQ          TOTAL_usecs\n"
        "timer                   2583\n"
        "rcu                     4437\n"
        "sched                   4571");

struct vector {
  softirq_t softirq COLUMN("SOFTIRQ", -16);
};
struct total {
  u64 value;
};
TABLE(totals, struct vector, struct total, 16) SHOWN_UNLESS(distribution);
COMPUTED(totals, "TOTAL_usecs", 11, 0, "value / 1000") SHOWN_UNLESS(nanoseconds) SHOWN_UNLESS(counted);
COMPUTED(totals, "TOTAL_nsecs", 11, 0, "value") SHOWN_IF(nanoseconds);
COMPUTED(totals, "TOTAL_count", 11, 0, "value") SHOWN_IF(counted);
SORTED_UP_BY(totals, "value");

struct section {
  softirq_t softirq SECTION("softirq");
};
HISTOGRAM(dist, struct section, "usecs") SHOWN_IF(distribution);
UNIT_IF(nanoseconds, dist, "nsecs");

// A soft interrupt is not interrupted by another on its CPU.
BPF_PERCPU_ARRAY(entered, u64, 1);

SONDE_INLINE bool is_wanted_cpu(void) { return only_cpu < 0 || (s32)bpf_get_smp_processor_id() == only_cpu; }

SONDE_INLINE void add(u32 number, u64 amount) {
  struct vector vector = {number};
  struct total *total = entry_of(totals, &vector);
  if (total) add_to(total->value, amount);
}

ON_RAW_TRACEPOINT(softirq_entry) {
  if (!is_wanted_cpu()) return 0;
  if (counted) {
    add(ctx->args[0], 1);
    return 0;
  }
  int zero = 0;
  u64 *since = entered.lookup(&zero);
  if (since) *since = bpf_ktime_get_ns();
  return 0;
}

ONLY_UNLESS(counted) ON_RAW_TRACEPOINT(softirq_exit) {
  int zero = 0;
  u64 *since = entered.lookup(&zero);
  if (!since || !*since || !is_wanted_cpu()) return 0;
  u64 taken = bpf_ktime_get_ns() - *since;
  *since = 0;
  struct section section = {ctx->args[0]};
  if (distribution) {
    count_in(dist, &section, taken / (nanoseconds ? 1 : 1000));
  } else {
    add(ctx->args[0], taken);
  }
  return 0;
}
