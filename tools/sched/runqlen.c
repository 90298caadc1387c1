// runqlen - how many tasks wait for each CPU, sampled, as a histogram.
#include "tool.h"

TOOL("Show how many tasks wait in run queues, sampled, as a histogram.");
INTRO("Sampling run queue length... Hit Ctrl-C to end.");
INTERVAL(0);
FILTERS("none");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, occupancy, 'O', "runqocc", "how much of the time somebody waited, in percent");
OPTION(bool, by_cpu, 'C', "cpus", "each CPU for itself");
OPTION(u64, frequency, 'f', "frequency", "samples a second on each CPU") RANGE(1, 1000000) = 99;
HEADING_IF(timestamp, "{time}");
NOTES("It counts tasks of the fair class, in the group whose task runs when the sample is taken.");
OVERHEAD("A sample 99 times a second on each CPU: not to be seen.");
EXAMPLE("sonde runqlen 10", "every 10 seconds");
EXAMPLE("sonde runqlen -O -C 1", "how much of the time somebody waited, for each CPU");
SESSION("sonde runqlen 1 1",
        "Sampling run queue length... Hit Ctrl-C to end.\n"
        "\n"
        "     runqlen       : count     distribution\n"
        "        0          : 115      |****************************************|\n"
        "        1          : 97       |*********************************       |\n"
        "        2          : 4        |*                                       |");

struct section {
  u32 cpu SECTION("cpu") SHOWN_IF(by_cpu);
};
LINEAR_HISTOGRAM(dist, struct section, "runqlen") SHOWN_UNLESS(occupancy);

struct samples {
  u64 taken, queued;
};
TOTALS(all, struct samples) SHOWN_IF(occupancy) SHOWN_UNLESS(by_cpu);
WITHOUT_HEADER(all);
COMPUTED(all, "runqocc", 0, 2, "100 * queued / taken") BEFORE("runqocc: ") AFTER("%");

struct cpu {
  u32 cpu COLUMN("CPU", -16) BEFORE("runqocc, CPU ");
};
TABLE(each, struct cpu, struct samples, 4096) SHOWN_IF(occupancy) SHOWN_IF(by_cpu);
WITHOUT_HEADER(each);
COMPUTED(each, "runqocc", 7, 2, "100 * queued / taken") AFTER("%");
SORTED_UP_BY(each, "cpu");

SONDE_INLINE u32 running_on(struct cfs_rq *queue) {
  struct cfs_rq___since_6_14 *newer = (void *)queue;
  if (bpf_core_field_exists(newer->nr_queued)) return newer->nr_queued;
  return ((struct cfs_rq___before_6_14 *)queue)->nr_running;
}

SONDE_INLINE void add_sample(struct samples *samples, u32 length) {
  if (!samples) return;
  add_to(samples->taken, 1);
  if (length) add_to(samples->queued, 1);
}

ON_SAMPLE(sample, frequency) {
  u32 running = running_on(current_task()->se.cfs_rq), length = running ? running - 1 : 0;
  u32 number = bpf_get_smp_processor_id();
  if (!occupancy) {
    struct section section = {.cpu = by_cpu ? number : 0};
    count_linear(dist, &section, length);
  } else if (by_cpu) {
    struct cpu cpu = {number};
    add_sample(entry_of(each, &cpu), length);
  } else {
    add_sample(totals_of(all), length);
  }
  return 0;
}
