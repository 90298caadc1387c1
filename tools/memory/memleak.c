// memleak - what was allocated and not freed again, by the stack that asked for it. What is shown is made by
// memleak.cc.
#include "tool.h"

TOOL("Show memory that is allocated and not freed, by stack.");
INTRO("Attaching to {pid?pid {pid}}{!pid?kernel allocators}, Ctrl+C to quit.");
INTERVAL(5);
COMMAND_LETTER('c');
OF_ONE_PROCESS;
OPTION(bool, trace, 't', "trace", "a row for each call instead of reports");
OPTION(bool, show_allocs, 'a', "show-allocs", "each allocation with its address and size as well");
OPTION(u64, older_ms, 'o', "older", "only allocations at least this many milliseconds old") VALUE("MS") RANGE(0, 1000000000000) = 500;
OPTION(bool, combined_only, 0, "combined-only", "sums kept in the kernel: less to read, without the age of each allocation");
OPTION(bool, missing_free, 0, "wa-missing-free", "an address that is allocated again was freed before");
OPTION(u64, sample_rate, 's', "sample-rate", "one of so many allocations") VALUE("N") RANGE(1, 0x7fffffffffffffff) = 1;
OPTION(u32, top, 'T', "top", "stacks of a report") VALUE("N") RANGE(1, 1000000) = 10;
OPTION(u64, min_size, 'z', "min-size", "only allocations of at least so many bytes") VALUE("BYTES") AT_MOST(max_size);
OPTION(u64, max_size, 'Z', "max-size", "only allocations of at most so many bytes") VALUE("BYTES") = -1;
OPTION(path_t, object, 'O', "obj", "the library, or program, that allocates") VALUE("OBJECT") = "c";
OPTION(text_t, symbols_prefix, 0, "symbols-prefix", "prefix of the allocator's functions, e.g. je_") VALUE("PREFIX");
OPTION(bool, percpu, 0, "percpu", "the kernel's per-CPU memory instead of slabs and pages");
OPTION(u32, sort, 0, "sort", "what comes last: size or count") CHOICES("size", "count");
NOTES("With -p or -c it traces a process's calls of malloc(3), calloc(3), realloc(3), posix_memalign(3), mmap(2), "
      "mremap(2) and the like, without one the kernel's slabs and pages. What an allocator does inside its own call, "
      "such as mmap(2) for a large block, is no allocation of its own. Memory that was allocated before it began is not "
      "seen, nor is what programs get with brk(2).");
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
  fill_task(call, pid, comm);
  __builtin_memcpy(call->call, what, 6);
  call->bytes = bytes;
  call->address = address;
  send_row(calls, call);
}

SONDE_INLINE bool take_allocation(u64 address, struct allocation *allocation) {
  return of_process() ? per_key_pop(in_process, address, allocation) : per_key_pop(in_kernel, address, allocation);
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
  if (of_process()) per_key_store(in_process, address, allocation);
  else per_key_store(in_kernel, address, allocation);
  add_total(allocation.stack, bytes, 1);
  if (trace) note("alloc", bytes, address);
  return 0;
}

// --- a process -------------------------------------------------------------------------------------------------------

struct old {
  u64 address;  // 0: none
  struct allocation allocation;
};
// The outermost call of the allocator that a thread is in. What the allocator calls in there is no allocation of the
// user's: its stack pointer is lower than this one, at its begin as at its end.
struct call_of_thread {
  u64 stack_pointer;  // 0: no call
  u64 bytes, output;  // output: where posix_memalign() writes the address
  u32 is_wanted, inner_calls;
  struct old old;     // what realloc() or mremap() takes away
};
PER_THREAD(struct call_of_thread, calls_of_threads);
USED_IF(calls_of_threads, pid);
// An allocator calls few functions in one call: with so many, the end of the outermost one was missed.
#define MOST_INNER_CALLS 32

ONLY_IF(pid) ON_RAW_TRACEPOINT(sched_process_exit) {
  per_key_erase(calls_of_threads, (u32)bpf_get_current_pid_tgid());
  return 0;
}

// NULL: an inner call, or nobody asked for this thread.
SONDE_INLINE struct call_of_thread *enter(struct pt_regs *ctx, u64 bytes) {
  u32 thread = (u32)bpf_get_current_pid_tgid();
  struct call_of_thread *call = is_wanted() ? per_key_get_or_create(calls_of_threads, thread) : NULL;
  if (!call) return NULL;
  u64 stack_pointer = PT_REGS_SP(ctx);
  if (stack_pointer < call->stack_pointer && ++call->inner_calls < MOST_INNER_CALLS) return NULL;
  call->stack_pointer = stack_pointer;
  call->inner_calls = 0;
  call->bytes = bytes;
  call->is_wanted = is_counted(bytes);
  call->old.address = 0;
  return call;
}
// NULL: the end of an inner call.
SONDE_INLINE struct call_of_thread *leave(struct pt_regs *ctx) {
  struct call_of_thread *call = per_key_find(calls_of_threads, (u32)bpf_get_current_pid_tgid());
  if (!call || !call->stack_pointer || PT_REGS_SP(ctx) < call->stack_pointer) return NULL;
  call->stack_pointer = 0;
  return call;
}

SONDE_INLINE int begin(struct pt_regs *ctx, u64 bytes) {
  enter(ctx, bytes);
  return 0;
}
SONDE_INLINE int end(struct pt_regs *ctx, u64 address) {
  struct call_of_thread *call = leave(ctx);
  return call && call->is_wanted ? allocated(ctx, address, call->bytes) : 0;
}

SONDE_INLINE void restore(const struct old *old) {
  per_key_store(in_process, old->address, old->allocation);
  add_total(old->allocation.stack, old->allocation.bytes, 1);
}

#define IN_PROCESS(function, symbol, ...) \
  ONLY_IF(pid) ON_USER(function, "{object}", "{symbols_prefix}" symbol, __VA_ARGS__)
#define FROM_PROCESS(function, symbol) ONLY_IF(pid) ON_USER_RETURN(function, "{object}", "{symbols_prefix}" symbol)
// The end is attached first: no call is begun of which the end is not seen.
#define ALLOCATES(terms, name, bytes, ...)                                       \
  terms FROM_PROCESS(after_##name, #name) { return end(ctx, RETURNED); }         \
  terms IN_PROCESS(on_##name, #name, __VA_ARGS__) { return begin(ctx, bytes); }

ALLOCATES(, malloc, size, u64 size)
ALLOCATES(, calloc, count * size, u64 count, u64 size)
ALLOCATES(OPTIONAL, valloc, size, u64 size)
ALLOCATES(OPTIONAL, pvalloc, size, u64 size)
ALLOCATES(OPTIONAL, memalign, size, u64 alignment, u64 size)
ALLOCATES(OPTIONAL, aligned_alloc, size, u64 alignment, u64 size)

// Freed at once: another thread may get the address before this call is over. It is taken again where there was no
// memory.
FROM_PROCESS(after_realloc, "realloc") {
  struct call_of_thread *call = leave(ctx);
  if (!call) return 0;
  u64 address = RETURNED;
  if (!address && call->old.address && call->bytes) restore(&call->old);
  return call->is_wanted ? allocated(ctx, address, call->bytes) : 0;
}
IN_PROCESS(on_realloc, "realloc", u64 address, u64 size) {
  if (!is_wanted()) return freed(address);
  struct call_of_thread *call = enter(ctx, size);
  if (!call || !take_allocation(address, &call->old.allocation)) return 0;
  call->old.address = address;
  add_total(call->old.allocation.stack, -call->old.allocation.bytes, -1);
  return 0;
}

FROM_PROCESS(after_posix_memalign, "posix_memalign") {
  struct call_of_thread *call = leave(ctx);
  u64 address = 0;
  if (!call || !call->is_wanted || RETURNED) return 0;
  bpf_probe_read_user(&address, sizeof(address), (void *)call->output);
  return allocated(ctx, address, call->bytes);
}
IN_PROCESS(on_posix_memalign, "posix_memalign", u64 *output, u64 alignment, u64 size) {
  struct call_of_thread *call = enter(ctx, size);
  if (call) call->output = (u64)output;
  return 0;
}

IN_PROCESS(on_free, "free", u64 address) { return freed(address); }

// --- its mappings ----------------------------------------------------------------------------------------------------

// Programs unmap parts of what they mapped, so that its first address alone does not find a mapping. It is found by any
// address through the blocks that it consists of: their sizes are powers of two, and each lies at a multiple of its
// size, so that few blocks make up a large mapping and an address can be in one block of each size only.
struct block {
  u64 address, bytes;
};
SPARSE_PER_KEY(struct block, u64, blocks, 65536);  // the mapping's first address
USED_IF(blocks, pid);
#define PAGE_BYTES 4096ul
#define PAGE_ORDER 12
#define MOST_ORDER 44
#define MOST_BLOCKS 64
#define MOST_MAPPINGS 3  // of which one call unmaps parts

SONDE_INLINE u64 whole_pages(u64 bytes) { return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1); }

SONDE_INLINE u64 power_of_two_in(u64 number) {
  for (int shift = 1; shift < 64; shift *= 2) number |= number >> shift;
  return number - (number >> 1);
}

SONDE_INLINE void mark_blocks(u64 start, u64 end, bool present) {
  u64 at = start;
  for (u32 i = 0; i < MOST_BLOCKS && at < end; i++) {
    u64 aligned = at & -at, fitting = power_of_two_in(end - at);
    struct block block = {at, aligned < fitting ? aligned : fitting};
    if (present) sonde_store_blocks(&block, &start);
    else blocks.delete(&block);
    at += block.bytes;
  }
}

// The mapping that `address` is in; 0: none that is known.
SONDE_INLINE u64 mapping_of(u64 address) {
  for (u32 order = PAGE_ORDER; order < MOST_ORDER; order++) {
    struct block block = {address >> order << order, 1ull << order};
    u64 *start = blocks.lookup(&block);
    if (start) return *start;
  }
  return 0;
}

SONDE_INLINE void keep_mapping(u64 start, struct allocation allocation) {
  per_key_store(in_process, start, allocation);
  mark_blocks(start, start + whole_pages(allocation.bytes), true);
}

// Leaves of a mapping what is not from `start`, which is in it, to `end`; what goes is in *old. Returns where it ended.
SONDE_INLINE u64 cut_out(u64 mapping, u64 start, u64 end, struct old *old) {
  struct allocation allocation;
  if (!take_allocation(mapping, &allocation)) return end;
  u64 limit = mapping + allocation.bytes, front = start - mapping, back = end < limit ? limit - end : 0;
  mark_blocks(mapping, mapping + whole_pages(allocation.bytes), false);
  old->address = start;
  old->allocation = allocation;
  old->allocation.bytes = allocation.bytes - front - back;
  add_total(allocation.stack, -old->allocation.bytes, (front != 0) + (back != 0) - 1);
  if (trace) note("free\0", old->allocation.bytes, start);
  allocation.bytes = front;
  if (front) keep_mapping(mapping, allocation);
  allocation.bytes = back;
  if (back) keep_mapping(end, allocation);
  return mapping + whole_pages(limit - mapping);
}

SONDE_INLINE void unmapped(u64 start, u64 bytes, struct old *old) {
  u64 end = start + whole_pages(bytes);
  for (int i = 0; i < MOST_MAPPINGS && start < end; i++) {
    u64 mapping = mapping_of(start);
    if (!mapping) break;
    start = cut_out(mapping, start, end, old);
  }
}

SONDE_INLINE int mapped(struct pt_regs *ctx, struct call_of_thread *call, u64 start) {
  if (!call || start > -4096ul) return 0;  // MAP_FAILED
  struct old replaced = {};  // MAP_FIXED
  unmapped(start, call->bytes, &replaced);
  if (!call->is_wanted) return 0;
  mark_blocks(start, start + whole_pages(call->bytes), true);
  return allocated(ctx, start, call->bytes);
}

OPTIONAL FROM_PROCESS(after_mmap, "mmap") { return mapped(ctx, leave(ctx), RETURNED); }
OPTIONAL IN_PROCESS(on_mmap, "mmap", u64 address, u64 bytes) { return begin(ctx, bytes); }

OPTIONAL IN_PROCESS(on_munmap, "munmap", u64 start, u64 bytes) {
  struct old old = {};
  unmapped(start, bytes, &old);
  return 0;
}

#define MREMAP_DONTUNMAP 4
OPTIONAL FROM_PROCESS(after_mremap, "mremap") {
  struct call_of_thread *call = leave(ctx);
  if (!call) return 0;
  if (RETURNED > -4096ul && call->old.address) {
    mark_blocks(call->old.address, call->old.address + whole_pages(call->old.allocation.bytes), true);
    restore(&call->old);
  }
  return mapped(ctx, call, RETURNED);
}
OPTIONAL IN_PROCESS(on_mremap, "mremap", u64 start, u64 old_bytes, u64 bytes, u64 flags) {
  struct call_of_thread *call = enter(ctx, bytes);
  if (!call || !old_bytes || (flags & MREMAP_DONTUNMAP)) return 0;
  struct old old = {};
  unmapped(start, old_bytes, &old);
  call->old = old;
  return 0;
}

// --- the kernel ------------------------------------------------------------------------------------------------------

#define IN_KERNEL(event) ONLY_UNLESS(pid) ONLY_UNLESS(percpu) ON_RAW_TRACEPOINT(event)

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
