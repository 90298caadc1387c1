// hardirqs - the time spent in hardware interrupts, or how many there were, by their handler.
#include "tool.h"

TOOL("Sum the time of hardware interrupts, or count them, by their handler.");
INTRO("Tracing hard irq event{counted?s}{!counted? time}... Hit Ctrl-C to end.");
INTERVAL(0);
FILTERS("none");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, nanoseconds, 'N', "nanoseconds", "nanoseconds instead of microseconds");
OPTION(bool, distribution, 'd', "dist", "histograms instead of sums");
OPTION(bool, counted, 'C', "count", "how many there were") EXCLUDES(nanoseconds) EXCLUDES(distribution);
OPTION(cpu_t, only_cpu, 'c', "cpu", "this CPU only") = -1;
HEADING_IF(timestamp, "{time}");
OVERHEAD("Two hooks for each interrupt, some hundred nanoseconds together.");
EXAMPLE("sonde hardirqs 10", "every 10 seconds the time spent for each interrupt");
EXAMPLE("sonde hardirqs -d", "its distribution");
SESSION("sonde hardirqs 1 1",
        "Tracing hard irq event time... Hit Ctrl-C to end.\n"
        "\n"
        "HARDIRQ                    TOTAL_usecs\n"
        "virtio2-requests                   508\n"
        "virtio3-req.1                     3635\n"
        "virtio3-req.0                     5789\n"
        "virtio0-requests                 12822");

typedef char handler_t[64];

struct vector {
  handler_t handler COLUMN("HARDIRQ", -26);
};
struct total {
  u64 value;
};
TABLE(totals, struct vector, struct total, 1024) SHOWN_UNLESS(distribution);
COMPUTED(totals, "TOTAL_usecs", 11, 0, "value / 1000") SHOWN_UNLESS(nanoseconds) SHOWN_UNLESS(counted);
COMPUTED(totals, "TOTAL_nsecs", 11, 0, "value") SHOWN_IF(nanoseconds);
COMPUTED(totals, "TOTAL_count", 11, 0, "value") SHOWN_IF(counted);
SORTED_UP_BY(totals, "value");

struct section {
  handler_t handler SECTION("hardirq");
};
HISTOGRAM(dist, struct section, "usecs") SHOWN_IF(distribution);
UNIT_IF(nanoseconds, dist, "nsecs");

// Handlers of one line run one after the other; other lines may come in between.
struct running {
  u32 cpu;
  u32 irq;
};
PER_KEY(struct running, u64, entered, 10240);

#define IRQ_NONE 0

SONDE_INLINE bool is_wanted_cpu(void) { return only_cpu < 0 || (s32)bpf_get_smp_processor_id() == only_cpu; }

SONDE_INLINE void add(struct irqaction *action, u64 amount) {
  struct vector vector = {};
  read_kernel_string(vector.handler, action->name);
  struct total *total = entry_of(totals, &vector);
  if (total) add_to(total->value, amount);
}

ON_RAW_TRACEPOINT(irq_handler_entry) {
  if (!is_wanted_cpu()) return 0;
  struct running running = {bpf_get_smp_processor_id(), ctx->args[0]};
  if (counted) add((struct irqaction *)ctx->args[1], 1);
  else keep_for(entered, running, bpf_ktime_get_ns());
  return 0;
}

ONLY_UNLESS(counted) ON_RAW_TRACEPOINT(irq_handler_exit) {
  struct running running = {bpf_get_smp_processor_id(), ctx->args[0]};
  u64 since;
  if (!take_of(entered, running, &since) || (u32)ctx->args[2] == IRQ_NONE) return 0;
  u64 taken = bpf_ktime_get_ns() - since;
  struct irqaction *action = (struct irqaction *)ctx->args[1];
  if (!distribution) {
    add(action, taken);
    return 0;
  }
  struct section section = {};
  read_kernel_string(section.handler, action->name);
  count_in(dist, &section, taken / (nanoseconds ? 1 : 1000));
  return 0;
}
