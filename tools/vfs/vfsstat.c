// vfsstat - how many reads, writes, opens and the like files saw in each second.
#include "tool.h"

TOOL("Count the most frequent operations on files, per second.");
INTERVAL(1);
OVERHEAD("A hook for each operation, some hundred nanoseconds: to be seen at a million a second.");
EXAMPLE("sonde vfsstat 5 12", "every 5 seconds, for a minute");
SESSION("sonde vfsstat 1 2",
        "TIME         READ/s  WRITE/s  FSYNC/s   OPEN/s CREATE/s UNLINK/s  MKDIR/s  RMDIR/s\n"
        "22:53:38:       528      489        1      258        0        0        0        0\n"
        "22:53:39:         1        1        0        1        0        0        0        0");

struct operations {
  u64 reads COLUMN("READ/s", 9) PER_SECOND;
  u64 writes COLUMN("WRITE/s", 8) PER_SECOND;
  u64 fsyncs COLUMN("FSYNC/s", 8) PER_SECOND;
  u64 opens COLUMN("OPEN/s", 8) PER_SECOND;
  u64 creates COLUMN("CREATE/s", 8) PER_SECOND;
  u64 unlinks COLUMN("UNLINK/s", 8) PER_SECOND;
  u64 mkdirs COLUMN("MKDIR/s", 8) PER_SECOND;
  u64 rmdirs COLUMN("RMDIR/s", 8) PER_SECOND;
};
TOTALS(operations, struct operations);
COMPUTED(operations, "TIME", -9, 0, "time") AFTER(":");
NOTES("Files made by open(2) are opened, not created: few file systems are asked to create alone.");

#define COUNT(field)                                                                                                \
  {                                                                                                                 \
    struct operations *done = is_wanted() ? totals_of(operations) : NULL;                                          \
    if (done) add_to(done->field, 1);                                                                               \
    return 0;                                                                                                       \
  }

ON_KERNEL(vfs_read) COUNT(reads)
ON_KERNEL(vfs_write) COUNT(writes)
ON_KERNEL(vfs_fsync_range) COUNT(fsyncs)
ON_KERNEL(vfs_open) COUNT(opens)
ON_KERNEL(vfs_create) COUNT(creates)
ON_KERNEL(vfs_unlink) COUNT(unlinks)
ON_KERNEL(vfs_mkdir) COUNT(mkdirs)
ON_KERNEL(vfs_rmdir) COUNT(rmdirs)
