// drsnoop - one row for each time that a task had to reclaim memory itself before it got some: how long, and how much.
#include "tool.h"

TOOL("Trace direct reclaim of memory.");
OPTION(bool, timestamp, 'T', "timestamp", "show the time since the start");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, free_memory, 'v', "verbose", "show how much memory was free when it began");
OPTION(comm_t, name, 'n', "name", "only commands with this in their names") VALUE("NAME");
OVERHEAD("Nothing as long as there is memory.");
EXAMPLE("sonde drsnoop -T -v", "with times, and with the memory that was free");
SESSION("sonde drsnoop",
        "COMM           PID     LAT(ms) PAGES\n"
        "python3        194        8.88    64");

struct event {
  timestamp_t ts COLUMN("TIME(s)", -13) DIGITS(9) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -5) SHOWN_IF(print_uid);
  comm_t comm COLUMN("COMM", -14) CUT(14);
  pid_t pid COLUMN("PID", -6) SHOWN_UNLESS(tid);
  pid_t tid COLUMN("TID", -6) SHOWN_IF(tid);
  duration_ns_t latency COLUMN("LAT(ms)", 8) UNIT("ms") DIGITS(2);
  u64 pages COLUMN("PAGES", 5);
  bytes_t free COLUMN("FREE(KB)", 0) UNIT("KB") SHOWN_IF(free_memory);
};
ROWS(events, struct event);
struct begun {
  u64 since, free;
};
PER_THREAD(struct begun, begun);

KERNEL_ADDRESS(vm_zone_stat);
#define PAGE_BYTES 4096ul

// The first number of vm_zone_stat is NR_FREE_PAGES.
SONDE_INLINE u64 free_bytes(void) {
  u64 pages = 0;
  if (free_memory && address_of_vm_zone_stat)
    bpf_probe_read_kernel(&pages, sizeof(pages), (void *)address_of_vm_zone_stat);
  return pages * PAGE_BYTES;
}

ON_RAW_TRACEPOINT(mm_vmscan_direct_reclaim_begin) {
  if (is_wanted() && comm_has(name)) per_thread_store(begun, ((struct begun){bpf_ktime_get_ns(), free_bytes()}));
  return 0;
}

ON_RAW_TRACEPOINT(mm_vmscan_direct_reclaim_end) {
  struct begun first;
  if (!per_thread_pop(begun, &first)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, tid, uid, comm);
  event->latency = event->ts - first.since;
  event->pages = ctx->args[0];
  event->free = first.free;
  send_row(events, event);
  return 0;
}
