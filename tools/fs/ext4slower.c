// ext4slower - one row for each read, write, open and fsync on ext4 that took long.
#include "tool.h"

TOOL("Trace operations of ext4 that took long.");
INTRO("Tracing ext4 operations{min_ms? slower than {min_ms} ms}");
ARGUMENT(u64, min_ms, "min_ms", "milliseconds; what took longer is shown; 0: all") RANGE(0, 1000000000) = 10;
OUTPUT_LETTER('j', "csv");
OVERHEAD("Two hooks for each read, write, open and fsync on ext4, up to a microsecond together; printing costs only "
         "where they are slow.");
EXAMPLE("sonde ext4slower 1", "what takes longer than 1 ms");
EXAMPLE("sonde ext4slower 0 -p 181", "all that process 181 does");
SESSION("sonde ext4slower 0",
        "Tracing ext4 operations\n"
        "TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME\n"
        "22:53:42 dd             333    O 0       0           0.22 backup.tar\n"
        "22:53:42 dd             333    W 4096    0           1.64 backup.tar\n"
        "22:53:42 dd             333    W 4096    4           0.64 backup.tar\n"
        "22:53:42 dd             333    W 4096    8           0.41 backup.tar");

struct operation {
  wall_time_t time COLUMN("TIME", -8);
  comm_t comm COLUMN("COMM", -14) CUT(14);
  pid_t pid COLUMN("PID", -6);
  char kind[2] COLUMN("T", 1);
  s64 bytes COLUMN("BYTES", -7);
  bytes_t offset COLUMN("OFF_KB", -8) UNIT("KB");
  duration_ns_t latency COLUMN("LAT(ms)", 7) UNIT("ms") DIGITS(2);
  path_t name COLUMN("FILENAME", 0);
};
ROWS(slow, struct operation);

struct call {
  struct file *file;
  u64 offset, since;
};
PER_THREAD(struct call, pending);

SONDE_INLINE int begin(struct file *file, u64 offset) {
  if (is_wanted()) keep(pending, ((struct call){file, offset, bpf_ktime_get_ns()}));
  return 0;
}

SONDE_INLINE int end(char kind, s64 result) {
  struct call call;
  u64 now = bpf_ktime_get_ns();
  if (!take(pending, &call) || (min_ms && now - call.since <= min_ms * 1000000)) return 0;
  struct dentry *entry = call.file->f_path.dentry;
  if (!entry->d_name.len) return 0;
  struct operation *operation = new_row(slow);
  if (!operation) return 0;
  operation->time = now;
  fill_task(operation, pid, comm);
  operation->kind[0] = kind;
  operation->bytes = result;
  operation->offset = call.offset;
  operation->latency = now - call.since;
  read_kernel_string(operation->name, entry->d_name.name);
  send_row(slow, operation);
  return 0;
}

ON_KERNEL(ext4_file_read_iter, struct kiocb *io) { return begin(io->ki_filp, io->ki_pos); }
ON_KERNEL_RETURN(ext4_file_read_iter) { return end('R', RETURNED); }
ON_KERNEL(ext4_file_write_iter, struct kiocb *io) { return begin(io->ki_filp, io->ki_pos); }
ON_KERNEL_RETURN(ext4_file_write_iter) { return end('W', RETURNED); }
ON_KERNEL(ext4_file_open, struct inode *inode, struct file *file) { return begin(file, 0); }
ON_KERNEL_RETURN(ext4_file_open) { return end('O', (s32)RETURNED); }
ON_KERNEL(ext4_sync_file, struct file *file) { return begin(file, 0); }
ON_KERNEL_RETURN(ext4_sync_file) { return end('S', (s32)RETURNED); }
