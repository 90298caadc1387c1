// softirqs - the time spent in soft interrupts, or how many there were, by their kind.
#include "tool_interrupts.h"

TOOL("Sum the time of soft interrupts, or count them, by their kind.");
INTERRUPTS("soft", "events");
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

INTERRUPTS_BY(softirq_t, softirq, "SOFTIRQ", -16, "softirq", 16);

// A soft interrupt is not interrupted by another on its CPU.
BPF_PERCPU_ARRAY(entered, u64, 1);

ON_RAW_TRACEPOINT(softirq_entry) {
  if (!is_wanted_cpu()) return 0;
  struct interrupt interrupt = {ctx->args[0]};
  if (counted) return count_interrupt(&interrupt, 1);
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
  return add_interrupt(&(struct interrupt){ctx->args[0]}, taken);
}
