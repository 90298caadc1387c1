// Arrays whose elements are descriptors of perf events, cgroups and programs.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

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
