// memleak - what was allocated and not freed again, by the stack that asked for it. What is shown is made by memleak.cc.
#include "tool.h"

TOOL("Show memory that is allocated and not freed, by stack.");
INTRO("Attaching to {pid?pid {pid}}{!pid?kernel allocators}, Ctrl+C to quit.");
INTERVAL(5);
COMMAND_LETTER('c');
OF_ONE_PROCESS;
OPTION(bool, trace, 't', "trace", "a row for each call instead of reports");
OPTION(bool, show_allocs, 'a', "show-allocs", "each allocation with its address and size as well");
OPTION(u64, older_ms, 'o', "older", "only allocations at least so many milliseconds old") VALUE("MS") RANGE(0, 1000000000000) = 500;
OPTION(bool, combined_only, 0, "combined-only", "sums kept in the kernel: less to read, without the age of each allocation");
OPTION(bool, missing_free, 0, "wa-missing-free", "an address that is allocated again was freed before");
OPTION(u64, sample_rate, 's', "sample-rate", "one of so many allocations") VALUE("N") RANGE(1, 0x7fffffffffffffff) = 1;
OPTION(u32, top, 'T', "top", "stacks of a report") VALUE("N") RANGE(1, 1000000) = 10;
OPTION(u64, min_size, 'z', "min-size", "only allocations of at least so many bytes") VALUE("BYTES") AT_MOST(max_size);
OPTION(u64, max_size, 'Z', "max-size", "only allocations of at most so many bytes") VALUE("BYTES") = -1;
OPTION(path_t, object, 'O', "obj", "the library, or program, that allocates") VALUE("OBJECT") = "c";
OPTION(text_t, symbols_prefix, 0, "symbols-prefix", "what stands before malloc and its kin: je_") VALUE("PREFIX");
OPTION(bool, percpu, 0, "percpu", "the kernel's per-CPU memory instead of slabs and pages");
OPTION(u32, sort, 0, "sort", "what comes last: size or count") CHOICES("size", "count");
NOTES("With -p or -c it traces malloc(3) and its kin in a process, without one the kernel's slabs and pages. Memory that was "
      "allocated before it began is not seen, nor is what programs get with brk(2).");
OVERHEAD("Each allocation costs a stack trace: a program that allocates a million times a second slows down several times. -s, -z "
      "and -Z leave allocations out before that.");
EXAMPLE("sonde memleak -p 181 10", "what process 181 has allocated and still holds, every 10 seconds");
EXAMPLE("sonde memleak -c './server --once' -a", "a program from its begin to its end, each allocation by itself");
SESSION("sonde memleak -p 196 -z 4096 -Z 4096 2 1",
        "Attaching to pid 196, Ctrl+C to quit.\n"
        "[23:12:04] Top 10 stacks with outstanding allocations:\n"
        "\t4096 bytes in 1 allocations from stack\n"
        "\t\t0x00000000005061e7\tPyMem_Malloc+0xd7 [python3.11]\n"
        "\t\t0x0000000000958cc0\t[unknown]");

HEADING("{!trace?[{time}] Top {top} stacks with outstanding allocations:}");
OWN_SHAPE SHOWN_UNLESS(trace);

typedef char call_t[8];
struct call {
  wall_time_t time COLUMN("TIME", -8);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  call_t call COLUMN("CALL", -6);
  bytes_t bytes COLUMN("BYTES", 10);
  hex_t address COLUMN("ADDRESS", 16);
};
ROWS(calls, struct call) SHOWN_IF(trace);

struct allocation {
  u64 bytes, since;
  s32 stack;
  u32 unused;
};
// The kernel must not allocate when it allocates; for a process room is taken when it is needed.
PER_KEY(u64, struct allocation, in_kernel, 1000000);
USED_UNLESS(in_kernel, pid);
SPARSE_PER_KEY(u64, struct allocation, in_process, 1000000);
USED_IF(in_process, pid);

struct total {
  u64 bytes, allocations;
};
BPF_HASH(totals, s32, struct total, 10240);
SONDE_LOST_MAP(totals);
STACK_TRACES(stacks, 10240);

SONDE_INLINE bool of_process(void) { return sonde_filter.pid; }

SONDE_INLINE void add_total(s32 stack, u64 bytes, u64 allocations) {
  if (!combined_only) return;
  struct total none = {}, *total = totals.lookup_or_try_init(&stack, &none);
  if (!total) {
    sonde_count_lost(&__sonde_lost_totals, 0);
    return;
  }
  add_to(total->bytes, bytes);
  add_to(total->allocations, allocations);
}

SONDE_INLINE void note(const char *what, u64 bytes, u64 address) {
  struct call *call = new_row(calls);
  if (!call) return;
  call->time = bpf_ktime_get_ns();
  call->pid = current_pid();
  bpf_get_current_comm(call->comm, sizeof(call->comm));
  __builtin_memcpy(call->call, what, 6);
  call->bytes = bytes;
  call->address = address;
  send_row(calls, call);
}

SONDE_INLINE bool take_allocation(u64 address, struct allocation *allocation) {
  return of_process() ? take_of(in_process, address, allocation) : take_of(in_kernel, address, allocation);
}

SONDE_INLINE int freed(u64 address) {
  struct allocation allocation;
  if (!take_allocation(address, &allocation)) return 0;
  add_total(allocation.stack, -allocation.bytes, -1);
  if (trace) note("free\0", allocation.bytes, address);
  return 0;
}

SONDE_INLINE bool is_counted(u64 bytes) {
  if (!is_wanted() || bytes < min_size || bytes > max_size) return false;
  return sample_rate <= 1 || bpf_ktime_get_ns() % sample_rate == 0;
}

SONDE_INLINE int allocated(void *ctx, u64 address, u64 bytes) {
  if (!address) return 0;
  if (missing_free) freed(address);
  struct allocation allocation = {.bytes = bytes, .since = bpf_ktime_get_ns()};
  allocation.stack = stack_in(stacks, ctx, of_process() ? BPF_F_USER_STACK : 0);
  if (of_process()) keep_for(in_process, address, allocation);
  else keep_for(in_kernel, address, allocation);
  add_total(allocation.stack, bytes, 1);
  if (trace) note("alloc", bytes, address);
  return 0;
}

// --- a process ------------------------------------------------------------------------------------------------------------

PER_THREAD(u64, asked);     // bytes
PER_THREAD(u64, outputs);   // where posix_memalign() writes the address
struct old {
  u64 address, wanted;  // wanted: bytes; none: it is freed
  struct allocation allocation;
};
PER_THREAD(struct old, resized);

SONDE_INLINE int begin(u64 bytes) {
  if (is_counted(bytes)) keep(asked, bytes);
  return 0;
}

SONDE_INLINE int end(void *ctx, u64 address) {
  u64 bytes;
  bool failed = address > -4096ul;  // MAP_FAILED
  return take(asked, &bytes) && !failed ? allocated(ctx, address, bytes) : 0;
}

#define IN_PROCESS(function, symbol, ...) ONLY_IF(pid) ON_USER(function, "{object}", "{symbols_prefix}" symbol, __VA_ARGS__)
#define FROM_PROCESS(function, symbol) ONLY_IF(pid) ON_USER_RETURN(function, "{object}", "{symbols_prefix}" symbol)
#define ALLOCATES(terms, name, bytes, ...)                               \
  terms IN_PROCESS(on_##name, #name, __VA_ARGS__) { return begin(bytes); } \
  terms FROM_PROCESS(after_##name, #name) { return end(ctx, RETURNED); }

ALLOCATES(, malloc, size, u64 size)
ALLOCATES(, calloc, count * size, u64 count, u64 size)
ALLOCATES(OPTIONAL, mmap, length, u64 address, u64 length)
ALLOCATES(OPTIONAL, valloc, size, u64 size)
ALLOCATES(OPTIONAL, pvalloc, size, u64 size)
ALLOCATES(OPTIONAL, memalign, size, u64 alignment, u64 size)
ALLOCATES(OPTIONAL, aligned_alloc, size, u64 alignment, u64 size)

// Freed at once: another thread may get the address before this one is back. It is taken again where there was no memory.
IN_PROCESS(on_realloc, "realloc", u64 address, u64 size) {
  struct old old = {.address = address, .wanted = size};
  if (take_allocation(address, &old.allocation)) {
    add_total(old.allocation.stack, -old.allocation.bytes, -1);
    keep(resized, old);
  }
  return begin(size);
}
FROM_PROCESS(after_realloc, "realloc") {
  struct old old;
  u64 bytes, address = RETURNED;
  bool was_known = take(resized, &old), is_asked = take(asked, &bytes);
  if (address) return is_asked ? allocated(ctx, address, bytes) : 0;
  if (!was_known || !old.wanted) return 0;
  keep_for(in_process, old.address, old.allocation);
  add_total(old.allocation.stack, old.allocation.bytes, 1);
  return 0;
}

IN_PROCESS(on_posix_memalign, "posix_memalign", u64 *output, u64 alignment, u64 size) {
  if (is_counted(size)) {
    keep(asked, size);
    keep(outputs, (u64)output);
  }
  return 0;
}
FROM_PROCESS(after_posix_memalign, "posix_memalign") {
  u64 output, bytes, address = 0;
  if (!take(outputs, &output) || !take(asked, &bytes) || RETURNED) return 0;
  bpf_probe_read_user(&address, sizeof(address), (void *)output);
  return allocated(ctx, address, bytes);
}

IN_PROCESS(on_free, "free", u64 address) { return freed(address); }
OPTIONAL IN_PROCESS(on_munmap, "munmap", u64 address) { return freed(address); }

// --- the kernel -----------------------------------------------------------------------------------------------------------

#define IN_KERNEL(event) ONLY_UNLESS(pid) ONLY_UNLESS(percpu) ON_RAW_TRACEPOINT(event)
#define PAGE_BYTES 4096ul

// The third argument is the cache (5.18 and later), or what was asked for, with what was taken behind it.
SONDE_INLINE int slab_allocated(struct bpf_raw_tracepoint_args *ctx) {
  u64 third = ctx->args[2];
  bool is_pointer = third >> 63;
  u64 bytes = is_pointer ? ((struct kmem_cache *)third)->size : ctx->args[3];
  return is_counted(bytes) ? allocated(ctx, ctx->args[1], bytes) : 0;
}

IN_KERNEL(kmalloc) { return slab_allocated(ctx); }
IN_KERNEL(kmem_cache_alloc) { return slab_allocated(ctx); }
// Until 6.0.
OPTIONAL IN_KERNEL(kmalloc_node) { return slab_allocated(ctx); }
OPTIONAL IN_KERNEL(kmem_cache_alloc_node) { return slab_allocated(ctx); }
IN_KERNEL(kfree) { return freed(ctx->args[1]); }
IN_KERNEL(kmem_cache_free) { return freed(ctx->args[1]); }
IN_KERNEL(mm_page_alloc) {
  u64 bytes = PAGE_BYTES << (ctx->args[1] & 31);
  return is_counted(bytes) ? allocated(ctx, ctx->args[0], bytes) : 0;
}
IN_KERNEL(mm_page_free) { return freed(ctx->args[0]); }

ONLY_IF(percpu) ON_TRACEPOINT(percpu, percpu_alloc_percpu, struct trace_event_raw_percpu_alloc_percpu) {
  u64 bytes = args->size;
  return is_counted(bytes) ? allocated(args, (u64)args->ptr, bytes) : 0;
}
ONLY_IF(percpu) ON_TRACEPOINT(percpu, percpu_free_percpu, struct trace_event_raw_percpu_free_percpu) {
  return freed((u64)args->ptr);
}
