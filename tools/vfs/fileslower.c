// fileslower - one row for each read or write of a file that took long.
#include "tool.h"

TOOL("Trace slow reads and writes of files.");
INTRO("Tracing sync read/writes slower than {min_ms} ms");
ARGUMENT(u64, min_ms, "min_ms", "milliseconds from which on one is shown; 0: all") RANGE(0, 1000000000) = 10;
OPTION(bool, all, 'a', "all-files", "pipes and devices as well");
OVERHEAD("Two hooks for each read and write of a file, up to a microsecond together: to be seen where a million a "
         "second are served from the page cache.");
EXAMPLE("sonde fileslower 1", "what takes longer than 1 ms");
SESSION("sonde fileslower 0",
        "Tracing sync read/writes slower than 0 ms\n"
        "TIME(s)  COMM           TID    D BYTES   LAT(ms) FILENAME\n"
        "0.070    sonde          313    R 4097       0.02 online\n"
        "0.090    sonde          313    W 75         0.42 err\n"
        "0.092    sonde          313    W 42         0.62 fileslower.txt");

struct io {
  timestamp_t ts COLUMN("TIME(s)", -8);
  comm_t comm COLUMN("COMM", -14) CUT(14);
  pid_t tid COLUMN("TID", -6);
  char kind[2] COLUMN("D", 1);
  u64 bytes COLUMN("BYTES", -7);
  duration_ns_t latency COLUMN("LAT(ms)", 7) UNIT("ms") DIGITS(2);
  path_t name COLUMN("FILENAME", 0);
};
ROWS(slow, struct io);

struct call {
  struct file *file;
  u64 bytes, since;
};
PER_THREAD(struct call, pending);

#define S_IFMT 0170000
#define S_IFREG 0100000

// Files that a file system reads and writes through its iterators.
SONDE_INLINE int begin(struct file *file, u64 bytes, bool write) {
  if (!is_wanted()) return 0;
  if (write ? !file->f_op->write_iter : !file->f_op->read_iter) return 0;
  if (!all && (file->f_inode->i_mode & S_IFMT) != S_IFREG) return 0;
  per_thread_store(pending, ((struct call){file, bytes, bpf_ktime_get_ns()}));
  return 0;
}

SONDE_INLINE int end(char kind) {
  struct call call;
  u64 now = bpf_ktime_get_ns();
  if (!per_thread_pop(pending, &call) || now - call.since < min_ms * 1000000) return 0;
  struct io *io = new_row(slow);
  if (!io) return 0;
  io->ts = now;
  fill_task(io, tid, comm);
  io->kind[0] = kind;
  io->bytes = call.bytes;
  io->latency = now - call.since;
  read_kernel_string(io->name, call.file->f_path.dentry->d_name.name);
  send_row(slow, io);
  return 0;
}

ON_KERNEL(vfs_read, struct file *file, char *buffer, size_t bytes) { return begin(file, bytes, false); }
ON_KERNEL_RETURN(vfs_read) { return end('R'); }
ON_KERNEL(vfs_write, struct file *file, char *buffer, size_t bytes) { return begin(file, bytes, true); }
ON_KERNEL_RETURN(vfs_write) { return end('W'); }
