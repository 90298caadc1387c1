// bitesize - how large block I/O is, by the program that issues it, as histograms.
#include "tool.h"

TOOL("Show the size of block I/O for each program, as histograms.");
INTRO("Tracing block I/O... Hit Ctrl-C to end.");
INTERVAL(0);
NOTES("The program is that which issues the request to the disk: for writes from the page cache, often a kernel "
      "thread.");
OVERHEAD("Some hundred nanoseconds for each request to a disk.");
EXAMPLE("sonde bitesize -d 10", "how large the requests of the next 10 seconds are");
SESSION("sonde bitesize",
        "Tracing block I/O... Hit Ctrl-C to end.\n"
        "\n"
        "\n"
        "Process Name = dd\n"
        "     Kbytes              : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 0        |                                        |\n"
        "         4 -> 7          : 400      |****************************************|\n"
        "         8 -> 15         : 1        |                                        |\n"
        "        16 -> 31         : 0        |                                        |\n"
        "        32 -> 63         : 0        |                                        |\n"
        "        64 -> 127        : 0        |                                        |\n"
        "       128 -> 255        : 0        |                                        |\n"
        "       256 -> 511        : 0        |                                        |\n"
        "       512 -> 1023       : 3        |                                        |");

struct section {
  comm_t comm SECTION("Process Name");
};
HISTOGRAM(dist, struct section, "Kbytes");

ON_RAW_TRACEPOINT(block_rq_issue) {
  if (!is_wanted_in_interrupt()) return 0;
  struct section section = {};
  bpf_get_current_comm(section.comm, sizeof(section.comm));
  count_in(dist, &section, ((struct request *)ctx->args[0])->__data_len / 1024);
  return 0;
}
