// Bloom filters: sets that may say "perhaps" of a value that was never added, and take no room for the values.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

// `entries`: for how many values the filter is sized; `hashes`: how many bits a value sets, 1 to 15.
// filter.push(&value) adds one; filter.peek(&value) is 0 if it may be there, and -ENOENT if it was never added.
#define SONDE_BLOOM_FILTER(name, L, entries, hashes)                                                                \
  SONDE_TYPE_OF("bloom_filter", int, name);                                                                         \
  struct {                                                                                                          \
    int (*type)[__sonde_type_##name];                                                                               \
    __typeof__(L) *value;                                                                                           \
    int (*max_entries)[entries];                                                                                    \
    int (*map_extra)[hashes];                                                                                       \
  } SONDE_MAP_VARIABLE("bloom_filter", name);                                                                       \
  struct name##_table_t {                                                                                           \
    __typeof__(L) leaf;                                                                                             \
    int (*push)(const __typeof__(L) *);                                                                             \
    int (*peek)(__typeof__(L) *);                                                                                   \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_push(const __typeof__(L) *value) {                                              \
    return bpf_map_push_elem(SONDE_MAP_POINTER(name), value, 0);                                                    \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_peek(__typeof__(L) *value) {                                                    \
    return bpf_map_peek_elem(SONDE_MAP_POINTER(name), value);                                                       \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.push = SONDE_AS_METHOD(__sonde_##name##_push), .peek = SONDE_AS_METHOD(__sonde_##name##_peek)}

#define SONDE_BLOOM_FILTER_3(name, L, entries) SONDE_BLOOM_FILTER(name, L, entries, 5)
#define BPF_BLOOM_FILTER(...) SONDE_BY_COUNT(SONDE_BLOOM_FILTER, SONDE_BLOOM_FILTER_3, SONDE_TOO_FEW, SONDE_TOO_FEW, __VA_ARGS__)
