// Values that belong to a socket, an inode, a task or a cgroup, and go when it goes.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

// `what` is sk, inode, task or cgrp.
#define SONDE_STORAGE(what, name, L)                                                                                \
  SONDE_TYPE_OF(#what "_storage", int, name);                                                                       \
  struct {                                                                                                          \
    int (*type)[__sonde_type_##name];                                                                               \
    int *key;                                                                                                       \
    __typeof__(L) *value;                                                                                           \
    int (*map_flags)[1];                                                                                            \
  } SONDE_MAP_VARIABLE(#what "_storage", name);                                                                     \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    __typeof__(L) leaf;                                                                                             \
    void *(*what##_storage_get)(void *, const void *, int);                                                         \
    int (*what##_storage_delete)(void *);                                                                           \
  };                                                                                                                \
  SONDE_INLINE void *__sonde_##name##_get(void *owner, const void *first, int flags) {                              \
    return bpf_##what##_storage_get(SONDE_MAP_POINTER(name), owner, first, flags);                                  \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_delete(void *owner) {                                                           \
    return bpf_##what##_storage_delete(SONDE_MAP_POINTER(name), owner);                                             \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.what##_storage_get = SONDE_AS_METHOD(__sonde_##name##_get), .what##_storage_delete = SONDE_AS_METHOD(__sonde_##name##_delete)}

#define BPF_SK_STORAGE(name, L) SONDE_STORAGE(sk, name, L)
#define BPF_INODE_STORAGE(name, L) SONDE_STORAGE(inode, name, L)
#define BPF_TASK_STORAGE(name, L) SONDE_STORAGE(task, name, L)
#define BPF_CGRP_STORAGE(name, L) SONDE_STORAGE(cgrp, name, L)

#define SONDE_CGROUP_STORAGE(kind, name, L)                                                                         \
  SONDE_TYPE_OF(kind, int, name);                                                                                   \
  struct {                                                                                                          \
    int (*type)[__sonde_type_##name];                                                                               \
    struct bpf_cgroup_storage_key *key;                                                                             \
    __typeof__(L) *value;                                                                                           \
  } SONDE_MAP_VARIABLE(kind, name);                                                                                 \
  struct name##_table_t {                                                                                           \
    struct bpf_cgroup_storage_key key;                                                                              \
    __typeof__(L) leaf;                                                                                             \
    __typeof__(L) *(*lookup)(const struct bpf_cgroup_storage_key *);                                                \
    void *(*get_local_storage)(unsigned long long);                                                                 \
  };                                                                                                                \
  SONDE_INLINE __typeof__(L) *__sonde_##name##_lookup(const struct bpf_cgroup_storage_key *key) {                   \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE void *__sonde_##name##_local(unsigned long long flags) {                                             \
    return bpf_get_local_storage(SONDE_MAP_POINTER(name), flags);                                                   \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.lookup = SONDE_AS_METHOD(__sonde_##name##_lookup), .get_local_storage = SONDE_AS_METHOD(__sonde_##name##_local)}

#define BPF_CGROUP_STORAGE(name, L) SONDE_CGROUP_STORAGE("cgroup_storage", name, L)
#define BPF_PERCPU_CGROUP_STORAGE(name, L) SONDE_CGROUP_STORAGE("percpu_cgroup_storage", name, L)
