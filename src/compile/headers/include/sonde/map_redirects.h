// Where XDP programs send packets: devices, other CPUs, sockets of programs.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

#define BPF_XDP_REDIRECT_MAP(kind, L, name, entries)                                                                \
  SONDE_PLAIN_MAP(kind, unsigned int, L, name, entries);                                                            \
  struct name##_table_t {                                                                                           \
    unsigned int key;                                                                                               \
    __typeof__(L) leaf;                                                                                             \
    unsigned long long (*redirect_map)(int, int);                                                                   \
  };                                                                                                                \
  SONDE_REDIRECT(name)                                                                                              \
  SONDE_TABLE(name) = {.redirect_map = __sonde_##name##_redirect}

#define SONDE_REDIRECT(name)                                                                                        \
  SONDE_INLINE unsigned long long __sonde_##name##_redirect(int key, int flags) {                                   \
    return bpf_redirect_map(SONDE_MAP_POINTER(name), key, flags);                                                   \
  }

#define BPF_DEVMAP(name, entries) BPF_XDP_REDIRECT_MAP("devmap", int, name, entries)
#define BPF_CPUMAP(name, entries) BPF_XDP_REDIRECT_MAP("cpumap", unsigned int, name, entries)

// lookup() only says whether there is a socket.
#define SONDE_XSKMAP(kind, name, entries)                                                                           \
  SONDE_PLAIN_MAP(kind, unsigned int, int, name, entries);                                                          \
  struct name##_table_t {                                                                                           \
    unsigned int key;                                                                                               \
    int leaf;                                                                                                       \
    int *(*lookup)(void *);                                                                                         \
    unsigned long long (*redirect_map)(int, int);                                                                   \
  };                                                                                                                \
  SONDE_REDIRECT(name)                                                                                              \
  SONDE_INLINE int *__sonde_##name##_lookup(void *key) {                                                            \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.lookup = __sonde_##name##_lookup, .redirect_map = __sonde_##name##_redirect}
#define SONDE_XSKMAP_2(name, entries) SONDE_XSKMAP("xskmap", name, entries)
#define SONDE_XSKMAP_3(name, entries, path) SONDE_XSKMAP("xskmap:" path, name, entries)
#define BPF_XSKMAP(...) SONDE_BY_COUNT(SONDE_TOO_MANY, SONDE_XSKMAP_3, SONDE_XSKMAP_2, SONDE_TOO_FEW, __VA_ARGS__)
