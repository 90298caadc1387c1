// What all map macros are made of. A map `start` is three things: the map itself, a BTF-defined variable whose symbol is
// `start`; static inline functions that call the helpers on it; and a table of pointers to these functions, which
// in C is called `start`, so that start.lookup(&key) is an ordinary call. The optimizer folds the table away.
//
// annotate("sonde.map:KIND") tells the compiler the dialect's word for the map's kind, KIND being
// word[$inner map][:path to pin it at]. Methods that C cannot express alone (an optional argument, a return from the caller)
// are calls to `sonde.method.…` symbols, which the pass in method_calls.cc replaces.
#pragma once
#pragma clang system_header

#define SONDE_INLINE static inline __attribute__((always_inline))
#define SONDE_METHOD(kind, name) __asm__("sonde.method." kind "." name)

#ifndef CUR_CPU_IDENTIFIER
#define CUR_CPU_IDENTIFIER 0xffffffffULL  // BPF_F_CURRENT_CPU
#endif

// BPF_MAP_TYPE_* of the dialect's words. A histogram is an array when its key is an int, and a hash otherwise. What another
// object publishes ("extern") counts as a hash until the map is there.
#define SONDE_ENDS(letter) ((letter) == 0 || (letter) == '$' || (letter) == ':')
#define SONDE_IS(kind, word) (__builtin_strncmp(kind, word, sizeof(word) - 1) == 0 && SONDE_ENDS((kind)[sizeof(word) - 1]))
#define SONDE_MAP_TYPE(kind, K)                                                                                     \
  (SONDE_IS(kind, "hash") ? 1 : SONDE_IS(kind, "array") ? 2 : SONDE_IS(kind, "prog") ? 3                             \
   : SONDE_IS(kind, "perf_output") || SONDE_IS(kind, "perf_array") ? 4 : SONDE_IS(kind, "percpu_hash") ? 5            \
   : SONDE_IS(kind, "percpu_array") ? 6 : SONDE_IS(kind, "stacktrace") ? 7 : SONDE_IS(kind, "cgroup_array") ? 8       \
   : SONDE_IS(kind, "lru_hash") ? 9 : SONDE_IS(kind, "lru_percpu_hash") ? 10 : SONDE_IS(kind, "lpm_trie") ? 11        \
   : SONDE_IS(kind, "array_of_maps") ? 12 : SONDE_IS(kind, "hash_of_maps") ? 13                                      \
   : SONDE_IS(kind, "devmap") ? 14 : SONDE_IS(kind, "sockmap") ? 15 : SONDE_IS(kind, "cpumap") ? 16                   \
   : SONDE_IS(kind, "xskmap") ? 17 : SONDE_IS(kind, "sockhash") ? 18 : SONDE_IS(kind, "cgroup_storage") ? 19          \
   : SONDE_IS(kind, "percpu_cgroup_storage") ? 21 : SONDE_IS(kind, "queue") ? 22 : SONDE_IS(kind, "stack") ? 23       \
   : SONDE_IS(kind, "sk_storage") ? 24 : SONDE_IS(kind, "ringbuf") ? 27 : SONDE_IS(kind, "inode_storage") ? 28        \
   : SONDE_IS(kind, "task_storage") ? 29 : SONDE_IS(kind, "bloom_filter") ? 30                                       \
   : SONDE_IS(kind, "cgrp_storage") ? 32 : SONDE_IS(kind, "extern") ? 1                                              \
   : SONDE_IS(kind, "histogram") ? (__builtin_types_compatible_p(K, int) ? 2 : 1) : 0)

// The type as a constant by which methods may differ.
#define SONDE_TYPE_OF(kind, K, name) enum { __sonde_type_##name = SONDE_MAP_TYPE(kind, K) }

#define SONDE_MAP_VARIABLE(kind, name)                                                                              \
  __sonde_map_##name __asm__(#name) __attribute__((section(".maps"), used, annotate("sonde.map:" kind)))
#define SONDE_MAP_POINTER(name) ((void *)&__sonde_map_##name)
// No C constant, or typeof(start.leaf) would be one, too; it becomes one in method_calls.cc.
#define SONDE_TABLE(name) static struct name##_table_t name __asm__("sonde.table." #name)

// Other objects of the process find the map by its name: all of them ("public"), or those of the same namespace ("shared").
#define SONDE_PUBLISH(name, scope)                                                                                  \
  extern __typeof__(__sonde_map_##name) __sonde_map_##name __attribute__((annotate("sonde.publish:" scope)))

#define SONDE_KEYED_MAP(kind, K, L, name, entries, map_flag)                                                        \
  SONDE_TYPE_OF(kind, K, name);                                                                                     \
  struct {                                                                                                          \
    int (*type)[__sonde_type_##name];                                                                               \
    __typeof__(K) *key;                                                                                             \
    __typeof__(L) *value;                                                                                           \
    int (*max_entries)[entries];                                                                                    \
    int (*map_flags)[map_flag];                                                                                     \
  } SONDE_MAP_VARIABLE(kind, name)

// A function as a table's member. Where K or L is a struct without a name each mention of it is a type of its own, which the
// compiler would warn of.
#define SONDE_AS_METHOD(function) ((void *)(function))

// A map whose elements have no methods of their own.
#define SONDE_PLAIN_MAP(kind, K, L, name, entries) SONDE_KEYED_MAP(kind, K, L, name, entries, 0)

// The types of keys and values are in every map's BTF already.
#define BPF_ANNOTATE_KV_PAIR(name, K, L) _Static_assert(1, "")
#define BPF_ANNOTATE_KV_PAIR_QUEUESTACK(name, L) _Static_assert(1, "")

// The macro for as many arguments as there are: m4 for four, down to m1 for one.
#define SONDE_PICK(_1, _2, _3, _4, _5, _6, _7, macro, ...) macro
#define SONDE_BY_COUNT(m4, m3, m2, m1, ...)                                                                         \
  SONDE_PICK(__VA_ARGS__, SONDE_TOO_MANY, SONDE_TOO_MANY, SONDE_TOO_MANY, m4, m3, m2, m1)(__VA_ARGS__)
#define SONDE_BY_LONG_COUNT(m7, m6, m5, ...)                                                                        \
  SONDE_PICK(__VA_ARGS__, m7, m6, m5, SONDE_TOO_FEW, SONDE_TOO_FEW, SONDE_TOO_FEW, SONDE_TOO_FEW)(__VA_ARGS__)
#define SONDE_TOO_MANY(...) _Static_assert(0, "too many arguments")
#define SONDE_TOO_FEW(...) _Static_assert(0, "too few arguments")
