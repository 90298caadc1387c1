// biolatency - how long block I/O takes, as a histogram.
#include "tool.h"

TOOL("Show how long block I/O takes, as a histogram.");
INTRO("Tracing block device I/O... Hit Ctrl-C to end.");
INTERVAL(0);
FILTERS("none");
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
OPTION(bool, queued, 'Q', "queued", "from when it was queued, not from when the disk got it");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
OPTION(bool, by_disk, 'D', "disks", "a histogram for each disk");
OPTION(bool, by_flags, 'F', "flags", "a histogram for each set of flags") EXCLUDES(by_disk);
OPTION(bool, average, 'e', "extension", "average, total and count below each histogram");
OPTION(disk_t, only, 'd', "disk", "this disk only");
OUTPUT_LETTER('j', "json");
HEADING_IF(timestamp, "{time}");
OVERHEAD("Two hooks for each request to a disk, well below a microsecond together: not to be seen beside the disk "
         "itself.");
EXAMPLE("sonde biolatency -D 10", "every 10 seconds a histogram for each disk");
EXAMPLE("sonde biolatency -Q -m", "from when requests were queued, in milliseconds");
SESSION("sonde biolatency 1 1",
        "Tracing block device I/O... Hit Ctrl-C to end.\n"
        "\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 0        |                                        |\n"
        "         4 -> 7          : 0        |                                        |\n"
        "         8 -> 15         : 0        |                                        |\n"
        "        16 -> 31         : 0        |                                        |\n"
        "        32 -> 63         : 1        |                                        |\n"
        "        64 -> 127        : 27       |***                                     |\n"
        "       128 -> 255        : 350      |****************************************|\n"
        "       256 -> 511        : 34       |***                                     |\n"
        "       512 -> 1023       : 10       |*                                       |\n"
        "      1024 -> 2047       : 7        |                                        |\n"
        "      2048 -> 4095       : 1        |                                        |\n"
        "      4096 -> 8191       : 0        |                                        |\n"
        "      8192 -> 16383      : 0        |                                        |\n"
        "     16384 -> 32767      : 1        |                                        |");

struct section {
  disk_t disk SECTION("disk") SHOWN_IF(by_disk);
  io_flags_t flags SECTION("flags") SHOWN_IF(by_flags);
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
AVERAGE_IF(average, dist);
PER_KEY(struct request *, u64, started, 10240);

// Kernels before 6.5 have no place where requests are queued; they note the time.
OPTIONAL ONLY_IF(queued) ON_RAW_TRACEPOINT(block_io_start) {
  struct request *request = (struct request *)ctx->args[0];
  if (!only || disk_of(request) == only) per_key_store(started, request, bpf_ktime_get_ns());
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_issue) {
  struct request *request = (struct request *)ctx->args[0];
  if (only && disk_of(request) != only) return 0;
  u64 now = bpf_ktime_get_ns(), since = queued ? request->start_time_ns : 0;
  if (queued && started.lookup(&request)) return 0;
  per_key_store(started, request, since ? since : now);
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_complete) {
  struct request *request = (struct request *)ctx->args[0];
  if (!is_whole(request, (u32)ctx->args[2])) return 0;
  u64 since;
  if (!per_key_pop(started, request, &since)) return 0;
  struct section section = {};
  if (by_disk) section.disk = disk_of(request);
  if (by_flags) section.flags = request->cmd_flags;
  count_in(dist, &section, (bpf_ktime_get_ns() - since) / (milliseconds ? 1000000 : 1000));
  return 0;
}
