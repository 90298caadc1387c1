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
ON_KERNEL(vfs_open) COUNT(opens)
ON_KERNEL(vfs_create) COUNT(creates)
ON_KERNEL(vfs_unlink) COUNT(unlinks)
ON_KERNEL(vfs_mkdir) COUNT(mkdirs)
// In some kernels (5.10) the compiler has put the beginning of this function into rmdir(2), which then calls the rest.
ON_FIRST_OF(at_rmdir, "vfs_rmdir.part.0 vfs_rmdir") COUNT(rmdirs)

// Syncs: by vfs_fsync_range(), which not only system calls use; but in some kernels (7.3) the compiler has put it into
// those, and there they themselves are counted when they are over.
PER_THREAD(u32, syncing);  // 1: it was counted
#define EBADF 9

SONDE_INLINE int count_sync(void) {
  struct operations *done = totals_of(operations);
  if (done) add_to(done->fsyncs, 1);
  return 0;
}
SONDE_INLINE int begin_sync(void) {
  if (is_wanted()) per_thread_store(syncing, (u32)0);
  return 0;
}
SONDE_INLINE int end_sync(int result) {
  u32 is_counted;
  return per_thread_pop(syncing, &is_counted) && !is_counted && result != -EBADF ? count_sync() : 0;
}
ON_KERNEL(vfs_fsync_range) {
  u32 *is_counted = per_key_find(syncing, (u32)bpf_get_current_pid_tgid());
  if (is_counted) *is_counted = 1;
  return is_wanted() ? count_sync() : 0;
}
ON_SYSCALL(fsync) { return begin_sync(); }
ON_SYSCALL_RETURN(fsync) { return end_sync(RETURNED); }
ON_SYSCALL(fdatasync) { return begin_sync(); }
ON_SYSCALL_RETURN(fdatasync) { return end_sync(RETURNED); }
