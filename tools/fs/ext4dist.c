// ext4dist - how long reads, writes, opens and fsyncs on ext4 take, as histograms.
#include "tool.h"

TOOL("Show how long operations of ext4 take, as histograms.");
INTRO("Tracing ext4 operation latency... Hit Ctrl-C to end.");
INTERVAL(0);
OPTION(bool, no_timestamp, 'T', "notimestamp", "no time above the reports of an interval");
OPTION(bool, milliseconds, 'm', "milliseconds", "milliseconds instead of microseconds");
HEADING("{interval?{!no_timestamp?{time}:}}");
OVERHEAD("Two hooks for each read, write, open and fsync on ext4: up to a microsecond together, to be seen where "
         "files are read from the page cache a million times a second.");
EXAMPLE("sonde ext4dist -m 10", "every 10 seconds, in milliseconds");
SESSION("sonde ext4dist 1 1",
        "Tracing ext4 operation latency... Hit Ctrl-C to end.\n"
        "\n"
        "22:53:46:\n"
        "\n"
        "operation = read\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 1        |***                                     |\n"
        "         4 -> 7          : 1        |***                                     |\n"
        "         8 -> 15         : 0        |                                        |\n"
        "        16 -> 31         : 0        |                                        |\n"
        "        32 -> 63         : 0        |                                        |\n"
        "        64 -> 127        : 0        |                                        |\n"
        "       128 -> 255        : 1        |***                                     |\n"
        "       256 -> 511        : 11       |****************************************|\n"
        "       512 -> 1023       : 5        |******************                      |\n"
        "      1024 -> 2047       : 11       |****************************************|\n"
        "      2048 -> 4095       : 4        |**************                          |\n"
        "      4096 -> 8191       : 0        |                                        |\n"
        "      8192 -> 16383      : 1        |***                                     |");

typedef char operation_t[8];
struct section {
  operation_t operation SECTION("operation");
};
HISTOGRAM(dist, struct section, "usecs");
UNIT_IF(milliseconds, dist, "msecs");
PER_THREAD(u64, started);

SONDE_INLINE int begin(void) {
  if (is_wanted()) keep(started, bpf_ktime_get_ns());
  return 0;
}

#define END(name)                                                                                                   \
  {                                                                                                                 \
    u64 since;                                                                                                      \
    if (!take(started, &since)) return 0;                                                                           \
    struct section section = {name};                                                                                \
    count_in(dist, &section, (bpf_ktime_get_ns() - since) / (milliseconds ? 1000000 : 1000));                       \
    return 0;                                                                                                       \
  }

ON_KERNEL(ext4_file_read_iter) { return begin(); }
ON_KERNEL_RETURN(ext4_file_read_iter) END("read")
ON_KERNEL(ext4_file_write_iter) { return begin(); }
ON_KERNEL_RETURN(ext4_file_write_iter) END("write")
ON_KERNEL(ext4_file_open) { return begin(); }
ON_KERNEL_RETURN(ext4_file_open) END("open")
ON_KERNEL(ext4_sync_file) { return begin(); }
ON_KERNEL_RETURN(ext4_sync_file) END("fsync")
