// ext4slower - one row for each read, write, open and fsync on ext4 that took long.
#include "tool_slow_files.h"

SLOW_FILES("ext4");
EXAMPLE("sonde ext4slower 1", "what takes longer than 1 ms");
EXAMPLE("sonde ext4slower 0 -p 181", "all that process 181 does");
SESSION("sonde ext4slower 0",
        "Tracing ext4 operations\n"
        "TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME\n"
        "22:53:42 dd             333    O 0       0           0.22 backup.tar\n"
        "22:53:42 dd             333    W 4096    0           1.64 backup.tar\n"
        "22:53:42 dd             333    W 4096    4           0.64 backup.tar\n"
        "22:53:42 dd             333    W 4096    8           0.41 backup.tar");

SLOW_READS(ext4_file_read_iter)
SLOW_WRITES(ext4_file_write_iter)
SLOW_OPENS(ext4_file_open)
SLOW_SYNCS(ext4_sync_file)
