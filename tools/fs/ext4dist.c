// ext4dist - how long reads, writes, opens and fsyncs on ext4 take, as histograms.
#include "tool_file_latency.h"

FILE_LATENCY("ext4");
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

LATENCY_OF("read", ext4_file_read_iter)
LATENCY_OF("write", ext4_file_write_iter)
LATENCY_OF("open", ext4_file_open)
LATENCY_OF("fsync", ext4_sync_file)
