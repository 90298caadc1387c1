// Tools that show a file system's operations that took long, a row each, as ext4slower does. They include this in the
// place of tool.h, say SLOW_FILES("ext4"), and name the file system's functions by SLOW_READS and the like.
#pragma once
#pragma clang system_header
#include "tool.h"

#define SLOW_FILES(name)                                                                                            \
  TOOL("Trace operations of " name " slower than a threshold.");                                                     \
  INTRO("Tracing " name " operations{min_ms? slower than {min_ms} ms}");                                            \
  OVERHEAD("Two hooks for each read, write, open and fsync on " name ", up to a microsecond together; printing "    \
           "costs only where they are slow.")
ARGUMENT(u64, min_ms, "min_ms", "milliseconds; what took longer is shown; 0: all") RANGE(0, 1000000000) = 10;
OUTPUT_LETTER('j', "csv");

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

SONDE_INLINE int begin_operation(struct file *file, u64 offset) {
  if (is_wanted()) per_thread_store(pending, ((struct call){file, offset, bpf_ktime_get_ns()}));
  return 0;
}

SONDE_INLINE int end_operation(char kind, s64 result) {
  struct call call;
  u64 now = bpf_ktime_get_ns();
  if (!per_thread_pop(pending, &call) || (min_ms && now - call.since <= min_ms * 1000000)) return 0;
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

// A function of the file system, by its arguments: those of read_iter and write_iter, open and fsync of struct
// file_operations.
#define SLOW_READS(function) SONDE_SLOW_TRANSFERS(function, 'R')
#define SLOW_WRITES(function) SONDE_SLOW_TRANSFERS(function, 'W')
#define SLOW_OPENS(function)                                                                                        \
  ON_KERNEL(function, struct inode *inode, struct file *file) { return begin_operation(file, 0); }                  \
  ON_KERNEL_RETURN(function) { return end_operation('O', (s32)RETURNED); }
#define SLOW_SYNCS(function)                                                                                        \
  ON_KERNEL(function, struct file *file) { return begin_operation(file, 0); }                                       \
  ON_KERNEL_RETURN(function) { return end_operation('S', (s32)RETURNED); }
#define SONDE_SLOW_TRANSFERS(function, kind)                                                                        \
  ON_KERNEL(function, struct kiocb *io) { return begin_operation(io->ki_filp, io->ki_pos); }                        \
  ON_KERNEL_RETURN(function) { return end_operation(kind, RETURNED); }
