// biosnoop - one row for each block I/O: who, which disk, where, how long.
#include "tool.h"

TOOL("Trace block I/O.");
OPTION(bool, queue, 'Q', "queue", "show the time in the queue as well");
OPTION(disk_t, only, 'd', "disk", "this disk only");
OPTION(bool, patterns, 'P', "pattern", "show whether it follows the one before on its disk: S, or not: R");
OPTION(u64, min_ms, 'm', "min", "only requests that took longer than this many milliseconds") VALUE("MS") RANGE(0, 1000000000);
NOTES("The process is that which queued the I/O; for writes from the page cache it is often a kernel thread.");
OVERHEAD("A row for each request to a disk: at 100,000 requests a second expect several percent of a CPU, mostly "
         "for printing.");
EXAMPLE("sonde biosnoop -Q", "with the time that requests waited in queues");
EXAMPLE("sonde biosnoop -m 20", "only requests that took longer than 20 ms");
SESSION("sonde biosnoop",
        "TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)\n"
        "0.231396    dd             351     vda       W 19522      4096       0.54\n"
        "0.234183    dd             351     vda       W 19530      4096       1.99\n"
        "0.236939    dd             351     vda       W 19538      4096       2.47\n"
        "0.237704    dd             351     vda       W 19546      4096       0.52");

struct io {
  timestamp_t ts COLUMN("TIME(s)", -11) DIGITS(6);
  comm_t comm COLUMN("COMM", -14) CUT(14);
  pid_t pid COLUMN("PID", -7);
  disk_t disk COLUMN("DISK", -9);
  char kind[2] COLUMN("T", -1);
  u64 sector COLUMN("SECTOR", -10);
  u32 bytes COLUMN("BYTES", -7);
  char pattern[2] COLUMN("P", -1) SHOWN_IF(patterns);
  duration_ns_t queued COLUMN("QUE(ms)", 7) UNIT("ms") DIGITS(2) SHOWN_IF(queue);
  duration_ns_t latency COLUMN("LAT(ms)", 7) UNIT("ms") DIGITS(2);
};
ROWS(done, struct io);

struct begun {
  u64 queued, issued, sector;
  u32 bytes;
  struct requester who;
};
PER_KEY(struct request *, struct begun, begun, 10240);
PER_KEY(u32, u64, next_sector, 1024);

SONDE_INLINE void arrive(struct request *request, u64 since) {
  if (!is_wanted() || (only && disk_of(request) != only) || begun.lookup(&request)) return;
  per_key_store(begun, request, ((struct begun){.queued = since, .who = current_requester()}));
}

SONDE_INLINE u64 begin_of(struct request *request) {
  u64 since = request->start_time_ns;
  return since ? since : bpf_ktime_get_ns();
}

// Since 6.5. Before, who queued a request is whom the scheduler or the disk gets it from.
OPTIONAL ON_RAW_TRACEPOINT(block_io_start) {
  arrive((struct request *)ctx->args[0], bpf_ktime_get_ns());
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_insert) {
  struct request *request = (struct request *)ctx->args[0];
  arrive(request, begin_of(request));
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_issue) {
  struct request *request = (struct request *)ctx->args[0];
  arrive(request, begin_of(request));
  struct begun *known = begun.lookup(&request);
  if (!known) return 0;
  known->issued = bpf_ktime_get_ns();
  known->sector = request->__sector;
  known->bytes = request->__data_len;
  return 0;
}

// Whether it begins where the last one on its disk ended.
SONDE_INLINE char pattern_of(u32 disk, u64 sector, u32 bytes) {
  u64 *expected = next_sector.lookup(&disk);
  char pattern = !expected ? '?' : *expected == sector ? 'S' : 'R';
  per_key_store(next_sector, disk, (u64)(sector + (bytes >> 9)));
  return pattern;
}

ON_RAW_TRACEPOINT(block_rq_complete) {
  struct request *request = (struct request *)ctx->args[0];
  if (!is_whole(request, (u32)ctx->args[2])) return 0;
  struct begun known;
  u64 now = bpf_ktime_get_ns();
  if (!per_key_pop(begun, request, &known) || !known.issued) return 0;
  u32 disk = disk_of(request);
  char pattern = patterns ? pattern_of(disk, known.sector, known.bytes) : 0;
  if (min_ms && now - known.issued <= min_ms * 1000000) return 0;
  struct io *io = new_row(done);
  if (!io) return 0;
  io->ts = now;
  __builtin_memcpy(io->comm, known.who.comm, sizeof(io->comm));
  io->pid = known.who.pid;
  io->disk = disk;
  io->kind[0] = is_write(request) ? 'W' : 'R';
  io->sector = known.sector;
  io->bytes = known.bytes;
  io->pattern[0] = pattern;
  io->queued = known.issued > known.queued ? known.issued - known.queued : 0;
  io->latency = now - known.issued;
  send_row(done, io);
  return 0;
}
