// hardirqs - the time spent in hardware interrupts, or how many there were, by their handler.
#include "tool_interrupts.h"

TOOL("Sum the time of hardware interrupts, or count them, by their handler.");
INTERRUPTS("hard", "count");
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

INTERRUPTS_BY(handler_t, handler, "HARDIRQ", -26, "hardirq", 1024);

// Handlers of one line run one after the other; other lines may come in between.
struct running {
  u32 cpu;
  u32 irq;
};
PER_KEY(struct running, u64, entered, 10240);

#define IRQ_NONE 0

SONDE_INLINE struct interrupt interrupt_of(struct irqaction *action) {
  struct interrupt interrupt = {};
  read_kernel_string(interrupt.handler, action->name);
  return interrupt;
}

ON_RAW_TRACEPOINT(irq_handler_entry) {
  if (!is_wanted_cpu()) return 0;
  struct running running = {bpf_get_smp_processor_id(), ctx->args[0]};
  if (!counted) {
    per_key_store(entered, running, bpf_ktime_get_ns());
    return 0;
  }
  struct interrupt interrupt = interrupt_of((struct irqaction *)ctx->args[1]);
  return count_interrupt(&interrupt, 1);
}

ONLY_UNLESS(counted) ON_RAW_TRACEPOINT(irq_handler_exit) {
  struct running running = {bpf_get_smp_processor_id(), ctx->args[0]};
  u64 since;
  if (!per_key_pop(entered, running, &since) || (u32)ctx->args[2] == IRQ_NONE) return 0;
  u64 taken = bpf_ktime_get_ns() - since;
  struct interrupt interrupt = interrupt_of((struct irqaction *)ctx->args[1]);
  return add_interrupt(&interrupt, taken);
}
