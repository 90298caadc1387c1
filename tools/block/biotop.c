// biotop - which processes cause the most block I/O, on which disks.
#include "tool.h"

TOOL("Show the processes with the most block I/O.");
INTRO("Tracing... Output every {interval} secs. Hit Ctrl-C to end");
INTERVAL(1);
CLEARS_SCREEN;
HEADING("{time} loadavg: {loadavg}\n");
OPTION(u32, rows, 'r', "maxrows", "rows of a report") RANGE(1, 1000000) = 20;
OVERHEAD("Some hundred nanoseconds for each request to a disk.");
EXAMPLE("sonde biotop 5", "every 5 seconds who caused the most block I/O");
SESSION("sonde biotop -C 1 1",
        "Tracing... Output every 1 secs. Hit Ctrl-C to end\n"
        "\n"
        "22:53:53 loadavg: 1.28 0.47 0.17 1/67 360\n"
        "\n"
        "PID     COMM             D MAJ MIN DISK       I/O  Kbytes  AVGms\n"
        "360     cat              R 254 0   vda         19    4161   0.48\n"
        "358     dd               W 254 0   vda          3    2560   1.12\n"
        "357     dd               W 254 0   vda        400    1600   0.15\n"
        "182     jbd2/vda-8       W 254 0   vda          2       9   0.22");

struct key {
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  char kind[4] COLUMN("D", 1);
  u32 major COLUMN("MAJ", -3);
  u32 minor COLUMN("MIN", -3);
  disk_t disk COLUMN("DISK", -8);
};
struct value {
  u64 count COLUMN("I/O", 5);
  bytes_t bytes COLUMN("Kbytes", 7) UNIT("KB");
  u64 taken;
};
TABLE(counts, struct key, struct value, 10240);
COMPUTED(counts, "AVGms", 6, 2, "taken / count / 1000000");
SORTED_BY(counts, bytes);
LIMITED_BY(counts, rows);

struct begun {
  u64 issued;
  u32 bytes;
  struct requester who;
};
PER_KEY(struct request *, struct begun, begun, 10240);

SONDE_INLINE void arrive(struct request *request) {
  if (!is_wanted() || begun.lookup(&request)) return;
  per_key_store(begun, request, ((struct begun){.who = current_requester()}));
}

// Since 6.5. Before, who queued a request is whom the scheduler or the disk gets it from.
OPTIONAL ON_RAW_TRACEPOINT(block_io_start) {
  arrive((struct request *)ctx->args[0]);
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_insert) {
  arrive((struct request *)ctx->args[0]);
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_issue) {
  struct request *request = (struct request *)ctx->args[0];
  arrive(request);
  struct begun *known = begun.lookup(&request);
  if (!known) return 0;
  known->issued = bpf_ktime_get_ns();
  known->bytes = request->__data_len;
  return 0;
}

ON_RAW_TRACEPOINT(block_rq_complete) {
  struct request *request = (struct request *)ctx->args[0];
  if (!is_whole(request, (u32)ctx->args[2])) return 0;
  struct begun known;
  if (!per_key_pop(begun, request, &known) || !known.issued) return 0;
  u32 disk = disk_of(request);
  struct key key = {.pid = known.who.pid, .major = disk >> 20, .minor = disk & 0xfffff, .disk = disk};
  __builtin_memcpy(key.comm, known.who.comm, sizeof(key.comm));
  key.kind[0] = is_write(request) ? 'W' : 'R';
  struct value *value = entry_of(counts, &key);
  if (!value) return 0;
  add_to(value->count, 1);
  add_to(value->bytes, known.bytes);
  add_to(value->taken, bpf_ktime_get_ns() - known.issued);
  return 0;
}
