// BCC's map macros as plain C. A map `start` is three things: the map itself, a BTF-defined variable whose symbol is
// `start`; static inline functions that call the helpers on it; and a table of pointers to these functions, which
// in C is called `start`, so that start.lookup(&key) is an ordinary call. The optimizer folds the table away.
//
// annotate("sonde.map:KIND") tells the compiler the dialect's word for the map's kind. Methods that C cannot express alone
// (an optional argument, a return from the caller) are calls to `sonde.method.…` symbols, which the pass in
// method_calls.cc replaces.
#pragma once
#pragma clang system_header

#define SONDE_INLINE static inline __attribute__((always_inline))
#define SONDE_METHOD(kind, name) __asm__("sonde.method." kind "." name)

#ifndef CUR_CPU_IDENTIFIER
#define CUR_CPU_IDENTIFIER 0xffffffffULL  // BPF_F_CURRENT_CPU
#endif

// BPF_MAP_TYPE_* of the dialect's words. A histogram is an array when its key is an int, and a hash otherwise.
#define SONDE_IS(kind, word) (__builtin_strcmp(kind, word) == 0)
#define SONDE_MAP_TYPE(kind, K)                                                                                     \
  (SONDE_IS(kind, "hash") ? 1 : SONDE_IS(kind, "array") ? 2 : SONDE_IS(kind, "prog") ? 3                             \
   : SONDE_IS(kind, "perf_output") || SONDE_IS(kind, "perf_array") ? 4 : SONDE_IS(kind, "percpu_hash") ? 5            \
   : SONDE_IS(kind, "percpu_array") ? 6 : SONDE_IS(kind, "stacktrace") ? 7 : SONDE_IS(kind, "cgroup_array") ? 8       \
   : SONDE_IS(kind, "lru_hash") ? 9 : SONDE_IS(kind, "lru_percpu_hash") ? 10 : SONDE_IS(kind, "lpm_trie") ? 11        \
   : SONDE_IS(kind, "devmap") ? 14 : SONDE_IS(kind, "sockmap") ? 15 : SONDE_IS(kind, "cpumap") ? 16                   \
   : SONDE_IS(kind, "xskmap") ? 17 : SONDE_IS(kind, "sockhash") ? 18 : SONDE_IS(kind, "cgroup_storage") ? 19          \
   : SONDE_IS(kind, "percpu_cgroup_storage") ? 21 : SONDE_IS(kind, "queue") ? 22 : SONDE_IS(kind, "stack") ? 23       \
   : SONDE_IS(kind, "sk_storage") ? 24 : SONDE_IS(kind, "ringbuf") ? 27 : SONDE_IS(kind, "inode_storage") ? 28        \
   : SONDE_IS(kind, "task_storage") ? 29                                                                            \
   : SONDE_IS(kind, "histogram") ? (__builtin_types_compatible_p(K, int) ? 2 : 1) : 0)

#define SONDE_MAP_VARIABLE(kind, name)                                                                              \
  __sonde_map_##name __asm__(#name) __attribute__((section(".maps"), used, annotate("sonde.map:" kind)))
#define SONDE_MAP_POINTER(name) ((void *)&__sonde_map_##name)
// No C constant, or typeof(start.leaf) would be one, too; it becomes one in method_calls.cc.
#define SONDE_TABLE(name) static struct name##_table_t name __asm__("sonde.table." #name)

// ---- maps with keys and values ----------------------------------------------------------------------------------

#define BPF_F_TABLE(kind, K, L, name, entries, map_flag)                                                            \
  SONDE_F_TABLE(kind, K, L, name, entries, map_flag, SONDE_UNCOUNTED)

// `counted` is called with the map's name and what get_stackid gave.
#define SONDE_UNCOUNTED(name, id) (id)
#define SONDE_F_TABLE(kind, K, L, name, entries, map_flag, counted)                                                 \
  struct {                                                                                                          \
    int (*type)[SONDE_MAP_TYPE(kind, K)];                                                                           \
    __typeof__(K) *key;                                                                                             \
    __typeof__(L) *value;                                                                                           \
    int (*max_entries)[entries];                                                                                    \
    int (*map_flags)[map_flag];                                                                                     \
  } SONDE_MAP_VARIABLE(kind, name);                                                                                 \
  struct name##_table_t {                                                                                           \
    __typeof__(K) key;                                                                                              \
    __typeof__(L) leaf;                                                                                             \
    __typeof__(L) *(*lookup)(__typeof__(K) *);                                                                      \
    __typeof__(L) *(*lookup_or_init)(__typeof__(K) *, __typeof__(L) *);                                             \
    __typeof__(L) *(*lookup_or_try_init)(__typeof__(K) *, __typeof__(L) *);                                         \
    int (*update)(__typeof__(K) *, __typeof__(L) *);                                                                \
    int (*insert)(__typeof__(K) *, __typeof__(L) *);                                                                \
    int (*delete)(__typeof__(K) *);                                                                                 \
    void (*increment)(__typeof__(K), ...);                                                                          \
    void (*atomic_increment)(__typeof__(K), ...);                                                                   \
    int (*get_stackid)(void *, unsigned long long);                                                                 \
    __typeof__(L) *(*sonde_init)(__typeof__(K) *, __typeof__(L) *);                                                 \
    void (*sonde_add)(__typeof__(K), unsigned long long);                                                           \
    void (*sonde_add_atomic)(__typeof__(K), unsigned long long);                                                    \
  };                                                                                                                \
  SONDE_INLINE __typeof__(L) *__sonde_##name##_lookup(__typeof__(K) *key) {                                         \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_update(__typeof__(K) *key, __typeof__(L) *value) {                              \
    return bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 0);                                             \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_insert(__typeof__(K) *key, __typeof__(L) *value) {                              \
    return bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 1);                                             \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_delete(__typeof__(K) *key) {                                                    \
    return bpf_map_delete_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE __typeof__(L) *__sonde_##name##_init(__typeof__(K) *key, __typeof__(L) *value) {                     \
    __typeof__(L) *leaf = bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                        \
    if (leaf) return leaf;                                                                                          \
    bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 1);                                                    \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_stackid(void *ctx, unsigned long long flags) {                                  \
    return counted(name, bcc_get_stackid_(ctx, SONDE_MAP_POINTER(name), flags));                                    \
  }                                                                                                                 \
  SONDE_ADD(K, L, name, add, kind)                                                             \
  SONDE_ADD(K, L, name, add_atomic, kind)                                   \
  extern __typeof__(L) *__sonde_##name##_or_init(__typeof__(K) *, __typeof__(L) *) SONDE_METHOD("init", #name);     \
  extern void __sonde_##name##_increment(__typeof__(K), ...) SONDE_METHOD("add", #name);                            \
  extern void __sonde_##name##_increment_atomic(__typeof__(K), ...) SONDE_METHOD("add_atomic", #name);              \
  SONDE_TABLE(name) = {                                                                                             \
      .lookup = __sonde_##name##_lookup,                                                                            \
      .lookup_or_init = __sonde_##name##_or_init,                                                                   \
      .lookup_or_try_init = __sonde_##name##_init,                                                                  \
      .update = __sonde_##name##_update,                                                                            \
      .insert = __sonde_##name##_insert,                                                                            \
      .delete = __sonde_##name##_delete,                                                                            \
      .increment = __sonde_##name##_increment,                                                                      \
      .atomic_increment = __sonde_##name##_increment_atomic,                                                        \
      .get_stackid = __sonde_##name##_stackid,                                                                      \
      .sonde_init = __sonde_##name##_init,                                                                          \
      .sonde_add = __sonde_##name##_add,                                                                            \
      .sonde_add_atomic = __sonde_##name##_add_atomic,                                                              \
  }

// increment(): `leaf` += n; a key that is not there yet is made where the map is a plain hash, as in BCC. Leaves that are
// no integers have no increment: it does nothing there, and the compiler refuses the call.
#define SONDE_ADD(K, L, name, method, kind)                                                                  \
  SONDE_INLINE void __sonde_##name##_##method(__typeof__(K) key, unsigned long long n) {                            \
    void *leaf = bpf_map_lookup_elem(SONDE_MAP_POINTER(name), &key);                                                \
    if (leaf) {                                                                                                     \
      SONDE_ADD_##method(leaf, n, sizeof(__typeof__(L)));                                                           \
    } else if (SONDE_MAP_TYPE(kind, K) == 1) {                                                                      \
      union {                                                                                                       \
        __typeof__(L) leaf;                                                                                         \
        unsigned long long number;                                                                                  \
      } first;                                                                                                      \
      __builtin_memset(&first, 0, sizeof(first));                                                                   \
      first.number = n;                                                                                             \
      bpf_map_update_elem(SONDE_MAP_POINTER(name), &key, &first, 1);                                                \
    }                                                                                                               \
  }
#define SONDE_ADD_add(leaf, n, size)                                                                                \
  do {                                                                                                              \
    if ((size) == 8) *(unsigned long long *)(leaf) += (n);                                                          \
    else if ((size) == 4) *(unsigned int *)(leaf) += (unsigned int)(n);                                             \
    else if ((size) == 2) *(unsigned short *)(leaf) += (unsigned short)(n);                                         \
    else *(unsigned char *)(leaf) += (unsigned char)(n);                                                            \
  } while (0)
#define SONDE_ADD_add_atomic(leaf, n, size)                                                                         \
  do {                                                                                                              \
    if ((size) == 8) __sync_fetch_and_add((unsigned long long *)(leaf), (n));                                       \
    else if ((size) == 4) __sync_fetch_and_add((unsigned int *)(leaf), (unsigned int)(n));                          \
    else SONDE_ADD_add(leaf, n, size);                                                                              \
  } while (0)

#define BPF_TABLE(kind, K, L, name, entries) BPF_F_TABLE(kind, K, L, name, entries, 0)

// The macro for as many arguments as there are: m4 for four, down to m1 for one.
#define SONDE_PICK(_1, _2, _3, _4, _5, _6, _7, macro, ...) macro
#define SONDE_BY_COUNT(m4, m3, m2, m1, ...)                                                                         \
  SONDE_PICK(__VA_ARGS__, SONDE_TOO_MANY, SONDE_TOO_MANY, SONDE_TOO_MANY, m4, m3, m2, m1)(__VA_ARGS__)
#define SONDE_TOO_MANY(...) _Static_assert(0, "too many arguments")
#define SONDE_TOO_FEW(...) _Static_assert(0, "too few arguments")

#define SONDE_HASH_1(name) BPF_TABLE("hash", unsigned long long, unsigned long long, name, 10240)
#define SONDE_HASH_2(name, K) BPF_TABLE("hash", K, unsigned long long, name, 10240)
#define SONDE_HASH_3(name, K, L) BPF_TABLE("hash", K, L, name, 10240)
#define SONDE_HASH_4(name, K, L, entries) BPF_TABLE("hash", K, L, name, entries)
#define BPF_HASH(...) SONDE_BY_COUNT(SONDE_HASH_4, SONDE_HASH_3, SONDE_HASH_2, SONDE_HASH_1, __VA_ARGS__)

#define SONDE_PERCPU_HASH_1(name) BPF_TABLE("percpu_hash", unsigned long long, unsigned long long, name, 10240)
#define SONDE_PERCPU_HASH_2(name, K) BPF_TABLE("percpu_hash", K, unsigned long long, name, 10240)
#define SONDE_PERCPU_HASH_3(name, K, L) BPF_TABLE("percpu_hash", K, L, name, 10240)
#define SONDE_PERCPU_HASH_4(name, K, L, entries) BPF_TABLE("percpu_hash", K, L, name, entries)
#define BPF_PERCPU_HASH(...) SONDE_BY_COUNT(SONDE_PERCPU_HASH_4, SONDE_PERCPU_HASH_3, SONDE_PERCPU_HASH_2, SONDE_PERCPU_HASH_1, __VA_ARGS__)

#define SONDE_ARRAY_1(name) BPF_TABLE("array", int, unsigned long long, name, 10240)
#define SONDE_ARRAY_2(name, L) BPF_TABLE("array", int, L, name, 10240)
#define SONDE_ARRAY_3(name, L, entries) BPF_TABLE("array", int, L, name, entries)
#define BPF_ARRAY(...) SONDE_BY_COUNT(SONDE_TOO_MANY, SONDE_ARRAY_3, SONDE_ARRAY_2, SONDE_ARRAY_1, __VA_ARGS__)

#define SONDE_PERCPU_ARRAY_1(name) BPF_TABLE("percpu_array", int, unsigned long long, name, 10240)
#define SONDE_PERCPU_ARRAY_2(name, L) BPF_TABLE("percpu_array", int, L, name, 10240)
#define SONDE_PERCPU_ARRAY_3(name, L, entries) BPF_TABLE("percpu_array", int, L, name, entries)
#define BPF_PERCPU_ARRAY(...) SONDE_BY_COUNT(SONDE_TOO_MANY, SONDE_PERCPU_ARRAY_3, SONDE_PERCPU_ARRAY_2, SONDE_PERCPU_ARRAY_1, __VA_ARGS__)

#define SONDE_HISTOGRAM_1(name) BPF_TABLE("histogram", int, unsigned long long, name, 64)
#define SONDE_HISTOGRAM_2(name, K) BPF_TABLE("histogram", K, unsigned long long, name, 64)
#define SONDE_HISTOGRAM_3(name, K, entries) BPF_TABLE("histogram", K, unsigned long long, name, entries)
#define BPF_HISTOGRAM(...) SONDE_BY_COUNT(SONDE_TOO_MANY, SONDE_HISTOGRAM_3, SONDE_HISTOGRAM_2, SONDE_HISTOGRAM_1, __VA_ARGS__)

#define SONDE_LPM_TRIE_1(name) BPF_F_TABLE("lpm_trie", unsigned long long, unsigned long long, name, 10240, 1)
#define SONDE_LPM_TRIE_2(name, K) BPF_F_TABLE("lpm_trie", K, unsigned long long, name, 10240, 1)
#define SONDE_LPM_TRIE_3(name, K, L) BPF_F_TABLE("lpm_trie", K, L, name, 10240, 1)
#define SONDE_LPM_TRIE_4(name, K, L, entries) BPF_F_TABLE("lpm_trie", K, L, name, entries, 1)
#define BPF_LPM_TRIE(...) SONDE_BY_COUNT(SONDE_LPM_TRIE_4, SONDE_LPM_TRIE_3, SONDE_LPM_TRIE_2, SONDE_LPM_TRIE_1, __VA_ARGS__)

// ---- stacks -----------------------------------------------------------------------------------------------------

struct bpf_stacktrace {
  unsigned long long ip[BPF_MAX_STACK_DEPTH];
};
struct bpf_stack_build_id {
  int status;
  unsigned char build_id[20];
  union {
    unsigned long long offset;
    unsigned long long ip;
  };
};
struct bpf_stacktrace_buildid {
  struct bpf_stack_build_id trace[BPF_MAX_STACK_DEPTH];
};

// The next power of two, in an expression that the compiler folds for any constant n up to 2^31.
#define SONDE_ROUND_UP(n) ((n) <= 1 ? 1 : 1u << (32 - __builtin_clz(((n) - 1) | 1)))
#define BPF_STACK_TRACE(name, entries) SONDE_STACKS(struct bpf_stacktrace, name, entries, 0)
#define BPF_STACK_TRACE_BUILDID(name, entries) SONDE_STACKS(struct bpf_stacktrace_buildid, name, entries, 32)

// Beside the map lies a hidden one, per CPU, of the stacks that found no place in it: another stack has theirs (EEXIST), or
// all are taken (ENOMEM). That there is no such stack (EFAULT: a kernel thread has none in user space) is no loss. The
// session finds it by its name, spec::kLostPrefix. Ring buffers have one, too.
struct sonde_lost {
  unsigned long long collisions;
  unsigned long long full;
};
#define SONDE_LOST_MAP(name)                                                                                        \
  struct {                                                                                                          \
    int (*type)[6];                                                                                                 \
    unsigned int *key;                                                                                              \
    struct sonde_lost *value;                                                                                       \
    int (*max_entries)[1];                                                                                          \
  } __sonde_lost_##name __attribute__((section(".maps"), used))
SONDE_INLINE void sonde_count_lost(void *map, int collision) {
  unsigned int zero = 0;
  struct sonde_lost *lost = bpf_map_lookup_elem(map, &zero);
  if (lost) __sync_fetch_and_add(collision ? &lost->collisions : &lost->full, 1);
}
SONDE_INLINE int sonde_count_lost_stack(void *map, int id) {
  if (id == -17 || id == -12) sonde_count_lost(map, id == -17);
  return id;
}
#define SONDE_COUNTED(name, id) sonde_count_lost_stack(&__sonde_lost_##name, id)
#define SONDE_STACKS(L, name, entries, map_flag)                                                                    \
  SONDE_LOST_MAP(name);                                                                                             \
  SONDE_F_TABLE("stacktrace", int, L, name, SONDE_ROUND_UP(entries), map_flag, SONDE_COUNTED)

// ---- events -----------------------------------------------------------------------------------------------------

#define SONDE_PLAIN_MAP(kind, K, L, name, entries)                                                                  \
  struct {                                                                                                          \
    int (*type)[SONDE_MAP_TYPE(kind, K)];                                                                           \
    K *key;                                                                                                         \
    L *value;                                                                                                       \
    int (*max_entries)[entries];                                                                                    \
  } SONDE_MAP_VARIABLE(kind, name)

#define BPF_PERF_OUTPUT(name)                                                                                       \
  SONDE_PLAIN_MAP("perf_output", int, unsigned int, name, 0);                                                       \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    unsigned int leaf;                                                                                              \
    int (*perf_submit)(void *, void *, unsigned int);                                                               \
    int (*perf_submit_skb)(void *, unsigned int, void *, unsigned int);                                             \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_submit(void *ctx, void *data, unsigned int size) {                              \
    return bpf_perf_event_output(ctx, SONDE_MAP_POINTER(name), CUR_CPU_IDENTIFIER, data, size);                     \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_submit_skb(void *ctx, unsigned int packet, void *data, unsigned int size) {     \
    return bpf_perf_event_output(ctx, SONDE_MAP_POINTER(name), (__u64)packet << 32 | 0xffffffffULL, data, size);    \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.perf_submit = __sonde_##name##_submit, .perf_submit_skb = __sonde_##name##_submit_skb}

// Events that find no room in a ring buffer are known to the program alone: it counts them.
#define BPF_RINGBUF_OUTPUT(name, pages)                                                                             \
  struct {                                                                                                          \
    int (*type)[27];                                                                                                \
    int (*max_entries)[(pages)*PAGE_SIZE];                                                                          \
  } SONDE_MAP_VARIABLE("ringbuf", name);                                                                            \
  SONDE_LOST_MAP(name);                                                                                             \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    unsigned int leaf;                                                                                              \
    int (*ringbuf_output)(void *, unsigned long long, unsigned long long);                                          \
    void *(*ringbuf_reserve)(unsigned long long);                                                                   \
    void (*ringbuf_discard)(void *, unsigned long long);                                                            \
    void (*ringbuf_submit)(void *, unsigned long long);                                                             \
    unsigned long long (*ringbuf_query)(unsigned long long);                                                        \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_output(void *data, unsigned long long size, unsigned long long flags) {         \
    int error = bpf_ringbuf_output(SONDE_MAP_POINTER(name), data, size, flags);                                     \
    if (error) sonde_count_lost(&__sonde_lost_##name, 0);                                                           \
    return error;                                                                                                   \
  }                                                                                                                 \
  SONDE_INLINE void *__sonde_##name##_reserve(unsigned long long size) {                                            \
    void *room = bpf_ringbuf_reserve(SONDE_MAP_POINTER(name), size, 0);                                             \
    if (!room) sonde_count_lost(&__sonde_lost_##name, 0);                                                           \
    return room;                                                                                                    \
  }                                                                                                                 \
  SONDE_INLINE void __sonde_##name##_discard(void *data, unsigned long long flags) {                                \
    bpf_ringbuf_discard(data, flags);                                                                               \
  }                                                                                                                 \
  SONDE_INLINE void __sonde_##name##_submit(void *data, unsigned long long flags) {                                 \
    bpf_ringbuf_submit(data, flags);                                                                                \
  }                                                                                                                 \
  SONDE_INLINE unsigned long long __sonde_##name##_query(unsigned long long flags) {                                \
    return bpf_ringbuf_query(SONDE_MAP_POINTER(name), flags);                                                       \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.ringbuf_output = __sonde_##name##_output, .ringbuf_reserve = __sonde_##name##_reserve,      \
                       .ringbuf_discard = __sonde_##name##_discard, .ringbuf_submit = __sonde_##name##_submit,      \
                       .ringbuf_query = __sonde_##name##_query}

// ---- arrays of descriptors --------------------------------------------------------------------------------------

#define BPF_PERF_ARRAY(name, entries)                                                                               \
  SONDE_PLAIN_MAP("perf_array", int, unsigned int, name, entries);                                                  \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    unsigned int leaf;                                                                                              \
    unsigned long long (*perf_read)(unsigned long long);                                                            \
    int (*perf_counter_value)(unsigned long long, void *, unsigned int);                                            \
  };                                                                                                                \
  SONDE_INLINE unsigned long long __sonde_##name##_read(unsigned long long index) {                                 \
    return bpf_perf_event_read(SONDE_MAP_POINTER(name), index);                                                     \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_value(unsigned long long index, void *buffer, unsigned int size) {              \
    return bpf_perf_event_read_value(SONDE_MAP_POINTER(name), index, buffer, size);                                 \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.perf_read = __sonde_##name##_read, .perf_counter_value = __sonde_##name##_value}

#define BPF_CGROUP_ARRAY(name, entries)                                                                             \
  SONDE_PLAIN_MAP("cgroup_array", int, unsigned int, name, entries);                                                \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    unsigned int leaf;                                                                                              \
    int (*check_current_task)(int);                                                                                 \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_check(int index) {                                                              \
    return bpf_current_task_under_cgroup(SONDE_MAP_POINTER(name), index);                                           \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.check_current_task = __sonde_##name##_check}

#define BPF_PROG_ARRAY(name, entries)                                                                               \
  SONDE_PLAIN_MAP("prog", unsigned int, unsigned int, name, entries);                                               \
  struct name##_table_t {                                                                                           \
    unsigned int key;                                                                                               \
    unsigned int leaf;                                                                                              \
    void (*call)(void *, int);                                                                                      \
  };                                                                                                                \
  SONDE_INLINE void __sonde_##name##_call(void *ctx, int index) {                                                   \
    ((int (*)(void *, void *, unsigned int))12)(ctx, SONDE_MAP_POINTER(name), index);                               \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.call = __sonde_##name##_call}

// ---- queues and stacks ------------------------------------------------------------------------------------------

#define BPF_QUEUESTACK(kind, name, L, entries, map_flag)                                                            \
  struct {                                                                                                          \
    int (*type)[SONDE_MAP_TYPE(kind, int)];                                                                         \
    __typeof__(L) *value;                                                                                           \
    int (*max_entries)[entries];                                                                                    \
    int (*map_flags)[map_flag];                                                                                     \
  } SONDE_MAP_VARIABLE(kind, name);                                                                                 \
  struct name##_table_t {                                                                                           \
    __typeof__(L) leaf;                                                                                             \
    int (*peek)(__typeof__(L) *);                                                                                   \
    int (*pop)(__typeof__(L) *);                                                                                    \
    int (*push)(__typeof__(L) *, unsigned long long);                                                               \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_peek(__typeof__(L) *value) {                                                    \
    return bpf_map_peek_elem(SONDE_MAP_POINTER(name), value);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_pop(__typeof__(L) *value) {                                                     \
    return bpf_map_pop_elem(SONDE_MAP_POINTER(name), value);                                                        \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_push(__typeof__(L) *value, unsigned long long flags) {                          \
    return bpf_map_push_elem(SONDE_MAP_POINTER(name), value, flags);                                                \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.peek = __sonde_##name##_peek, .pop = __sonde_##name##_pop, .push = __sonde_##name##_push}

#define SONDE_QUEUE_3(name, L, entries) BPF_QUEUESTACK("queue", name, L, entries, 0)
#define SONDE_QUEUE_4(name, L, entries, map_flag) BPF_QUEUESTACK("queue", name, L, entries, map_flag)
#define BPF_QUEUE(...) SONDE_BY_COUNT(SONDE_QUEUE_4, SONDE_QUEUE_3, SONDE_TOO_FEW, SONDE_TOO_FEW, __VA_ARGS__)
#define SONDE_STACK_3(name, L, entries) BPF_QUEUESTACK("stack", name, L, entries, 0)
#define SONDE_STACK_4(name, L, entries, map_flag) BPF_QUEUESTACK("stack", name, L, entries, map_flag)
#define BPF_STACK(...) SONDE_BY_COUNT(SONDE_STACK_4, SONDE_STACK_3, SONDE_TOO_FEW, SONDE_TOO_FEW, __VA_ARGS__)
