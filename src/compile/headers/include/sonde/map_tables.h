// Maps with keys and values: BPF_TABLE and its short forms.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

#define BPF_F_TABLE(kind, K, L, name, entries, map_flag)                                                            \
  SONDE_F_TABLE(kind, K, L, name, entries, map_flag, SONDE_UNCOUNTED)

// `counted` is called with the map's name and what get_stackid gave.
#define SONDE_UNCOUNTED(name, id) (id)
#define SONDE_F_TABLE(kind, K, L, name, entries, map_flag, counted)                                                 \
  SONDE_KEYED_MAP(kind, K, L, name, entries, map_flag);                                                             \
  enum { __sonde_is_extern_##name = SONDE_IS(kind, "extern") };                                                     \
  static const volatile int __sonde_extern_type_##name = 0;                                                         \
  struct name##_table_t {                                                                                           \
    __typeof__(K) key;                                                                                              \
    __typeof__(L) leaf;                                                                                             \
    __typeof__(L) *(*lookup)(const __typeof__(K) *);                                                                \
    __typeof__(L) *(*lookup_or_init)(const __typeof__(K) *, const __typeof__(L) *);                                 \
    __typeof__(L) *(*lookup_or_try_init)(const __typeof__(K) *, const __typeof__(L) *);                             \
    int (*update)(const __typeof__(K) *, const __typeof__(L) *);                                                    \
    int (*insert)(const __typeof__(K) *, const __typeof__(L) *);                                                    \
    int (*delete)(const __typeof__(K) *);                                                                           \
    void (*increment)(__typeof__(K), ...);                                                                          \
    void (*atomic_increment)(__typeof__(K), ...);                                                                   \
    int (*get_stackid)(void *, unsigned long long);                                                                 \
    __typeof__(L) *(*sonde_init)(const __typeof__(K) *, const __typeof__(L) *);                                     \
    void (*sonde_add)(__typeof__(K), unsigned long long);                                                           \
    void (*sonde_add_atomic)(__typeof__(K), unsigned long long);                                                    \
  };                                                                                                                \
  SONDE_INLINE __typeof__(L) *__sonde_##name##_lookup(const __typeof__(K) *key) {                                   \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_update(const __typeof__(K) *key, const __typeof__(L) *value) {                  \
    return bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 0);                                             \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_insert(const __typeof__(K) *key, const __typeof__(L) *value) {                  \
    return bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 1);                                             \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_delete(const __typeof__(K) *key) {                                              \
    return bpf_map_delete_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE __typeof__(L) *__sonde_##name##_init(const __typeof__(K) *key, const __typeof__(L) *value) {         \
    void *leaf = bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                 \
    if (__builtin_expect(leaf != 0, 1)) return leaf;                                                                \
    bpf_map_update_elem(SONDE_MAP_POINTER(name), key, value, 1);                                                    \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_stackid(void *ctx, unsigned long long flags) {                                  \
    return counted(name, bcc_get_stackid_(ctx, SONDE_MAP_POINTER(name), flags));                                    \
  }                                                                                                                 \
  SONDE_ADD(K, L, name, add)                                                                                        \
  SONDE_ADD(K, L, name, add_atomic)                                                                                 \
  extern __typeof__(L) *__sonde_##name##_or_init(const __typeof__(K) *, const __typeof__(L) *) SONDE_METHOD("init", #name); \
  extern void __sonde_##name##_increment(__typeof__(K), ...) SONDE_METHOD("add", #name);                            \
  extern void __sonde_##name##_increment_atomic(__typeof__(K), ...) SONDE_METHOD("add_atomic", #name);              \
  SONDE_TABLE(name) = {                                                                                             \
      .lookup = SONDE_AS_METHOD(__sonde_##name##_lookup),                                                           \
      .lookup_or_init = SONDE_AS_METHOD(__sonde_##name##_or_init),                                                  \
      .lookup_or_try_init = SONDE_AS_METHOD(__sonde_##name##_init),                                                 \
      .update = SONDE_AS_METHOD(__sonde_##name##_update),                                                           \
      .insert = SONDE_AS_METHOD(__sonde_##name##_insert),                                                           \
      .delete = SONDE_AS_METHOD(__sonde_##name##_delete),                                                           \
      .increment = SONDE_AS_METHOD(__sonde_##name##_increment),                                                     \
      .atomic_increment = SONDE_AS_METHOD(__sonde_##name##_increment_atomic),                                       \
      .get_stackid = SONDE_AS_METHOD(__sonde_##name##_stackid),                                                     \
      .sonde_init = SONDE_AS_METHOD(__sonde_##name##_init),                                                         \
      .sonde_add = SONDE_AS_METHOD(__sonde_##name##_add),                                                           \
      .sonde_add_atomic = SONDE_AS_METHOD(__sonde_##name##_add_atomic),                                             \
  }

// The type of a map that another object publishes is known when the session has found it: it writes it into the constant
// (spec::kExternTypePrefix).
#define SONDE_TYPE_WHEN_LOADED(name) \
  __builtin_choose_expr(__sonde_is_extern_##name, __sonde_extern_type_##name, __sonde_type_##name)

// increment(): `leaf` += n; a key that is not there yet is made where the map is a plain hash, as in BCC. Leaves that are
// no integers have no increment: it does nothing there, and the compiler refuses the call.
#define SONDE_ADD(K, L, name, method)                                                                               \
  SONDE_INLINE void __sonde_##name##_##method(__typeof__(K) key, unsigned long long n) {                            \
    void *leaf = bpf_map_lookup_elem(SONDE_MAP_POINTER(name), &key);                                                \
    if (__builtin_expect(leaf != 0, 1)) {                                                                           \
      SONDE_ADD_##method(leaf, n, sizeof(__typeof__(L)));                                                           \
    } else if (SONDE_TYPE_WHEN_LOADED(name) == 1) {                                                                 \
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

// Before `flags`, BCC's order: where the map is pinned.
#define SONDE_PINNED_6(kind, K, L, name, entries, path) BPF_F_TABLE(kind ":" path, K, L, name, entries, 0)
#define SONDE_PINNED_7(kind, K, L, name, entries, path, map_flag) BPF_F_TABLE(kind ":" path, K, L, name, entries, map_flag)
#define BPF_TABLE_PINNED(...) SONDE_BY_LONG_COUNT(SONDE_PINNED_7, SONDE_PINNED_6, SONDE_TOO_FEW, __VA_ARGS__)

#define BPF_TABLE_PUBLIC(kind, K, L, name, entries)                                                                 \
  BPF_TABLE(kind, K, L, name, entries);                                                                             \
  SONDE_PUBLISH(name, "public")
#define SONDE_SHARED_5(kind, K, L, name, entries) SONDE_SHARED_6(kind, K, L, name, entries, 0)
#define SONDE_SHARED_6(kind, K, L, name, entries, map_flag)                                                         \
  BPF_F_TABLE(kind, K, L, name, entries, map_flag);                                                                 \
  SONDE_PUBLISH(name, "shared")
#define BPF_TABLE_SHARED(...) SONDE_BY_LONG_COUNT(SONDE_TOO_MANY, SONDE_SHARED_6, SONDE_SHARED_5, __VA_ARGS__)

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

// Arrays and hashes of maps, all of the shape of the map called `inner`. An element is an opaque pointer for the helpers.
#define BPF_ARRAY_OF_MAPS(name, inner, entries) BPF_TABLE("array_of_maps$" inner, int, int, name, entries)
#define SONDE_HASH_OF_MAPS_2(name, inner) SONDE_HASH_OF_MAPS_4(name, int, inner, 10240)
#define SONDE_HASH_OF_MAPS_3(name, K, inner) SONDE_HASH_OF_MAPS_4(name, K, inner, 10240)
#define SONDE_HASH_OF_MAPS_4(name, K, inner, entries) BPF_TABLE("hash_of_maps$" inner, K, int, name, entries)
#define BPF_HASH_OF_MAPS(...) \
  SONDE_BY_COUNT(SONDE_HASH_OF_MAPS_4, SONDE_HASH_OF_MAPS_3, SONDE_HASH_OF_MAPS_2, SONDE_TOO_FEW, __VA_ARGS__)
