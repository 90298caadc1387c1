// Queues and stacks: maps without keys.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

#define BPF_QUEUESTACK(kind, name, L, entries, map_flag)                                                            \
  SONDE_TYPE_OF(kind, int, name);                                                                                   \
  struct {                                                                                                          \
    int (*type)[__sonde_type_##name];                                                                               \
    __typeof__(L) *value;                                                                                           \
    int (*max_entries)[entries];                                                                                    \
    int (*map_flags)[map_flag];                                                                                     \
  } SONDE_MAP_VARIABLE(kind, name);                                                                                 \
  struct name##_table_t {                                                                                           \
    __typeof__(L) leaf;                                                                                             \
    int (*peek)(__typeof__(L) *);                                                                                   \
    int (*pop)(__typeof__(L) *);                                                                                    \
    int (*push)(const __typeof__(L) *, unsigned long long);                                                         \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_peek(__typeof__(L) *value) {                                                    \
    return bpf_map_peek_elem(SONDE_MAP_POINTER(name), value);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_pop(__typeof__(L) *value) {                                                     \
    return bpf_map_pop_elem(SONDE_MAP_POINTER(name), value);                                                        \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_push(const __typeof__(L) *value, unsigned long long flags) {                    \
    return bpf_map_push_elem(SONDE_MAP_POINTER(name), value, flags);                                                \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.peek = SONDE_AS_METHOD(__sonde_##name##_peek), .pop = SONDE_AS_METHOD(__sonde_##name##_pop), .push = SONDE_AS_METHOD(__sonde_##name##_push)}

#define SONDE_QUEUE_3(name, L, entries) BPF_QUEUESTACK("queue", name, L, entries, 0)
#define SONDE_QUEUE_4(name, L, entries, map_flag) BPF_QUEUESTACK("queue", name, L, entries, map_flag)
#define BPF_QUEUE(...) SONDE_BY_COUNT(SONDE_QUEUE_4, SONDE_QUEUE_3, SONDE_TOO_FEW, SONDE_TOO_FEW, __VA_ARGS__)
#define SONDE_STACK_3(name, L, entries) BPF_QUEUESTACK("stack", name, L, entries, 0)
#define SONDE_STACK_4(name, L, entries, map_flag) BPF_QUEUESTACK("stack", name, L, entries, map_flag)
#define BPF_STACK(...) SONDE_BY_COUNT(SONDE_STACK_4, SONDE_STACK_3, SONDE_TOO_FEW, SONDE_TOO_FEW, __VA_ARGS__)

#define BPF_QUEUESTACK_PINNED(kind, name, L, entries, map_flag, path) BPF_QUEUESTACK(kind ":" path, name, L, entries, map_flag)
#define BPF_QUEUESTACK_PUBLIC(kind, name, L, entries, map_flag)                                                     \
  BPF_QUEUESTACK(kind, name, L, entries, map_flag);                                                                 \
  SONDE_PUBLISH(name, "public")
#define BPF_QUEUESTACK_SHARED(kind, name, L, entries, map_flag)                                                     \
  BPF_QUEUESTACK(kind, name, L, entries, map_flag);                                                                 \
  SONDE_PUBLISH(name, "shared")
