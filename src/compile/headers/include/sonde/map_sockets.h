// Maps of sockets, which sock_ops programs fill and sk_skb and sk_msg programs redirect to.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

// `helper` is map or hash: the methods are sock_map_update and msg_redirect_map, or sock_hash_update and so on.
#define SONDE_SOCKETS(kind, K, name, entries, helper)                                                               \
  SONDE_PLAIN_MAP(kind, K, int, name, entries);                                                                     \
  struct name##_table_t {                                                                                           \
    __typeof__(K) key;                                                                                              \
    int leaf;                                                                                                       \
    void *(*lookup)(const __typeof__(K) *);                                                                         \
    int (*update)(const __typeof__(K) *, void *);                                                                   \
    int (*delete)(const __typeof__(K) *);                                                                           \
    int (*sock_##helper##_update)(void *, void *, unsigned long long);                                              \
    int (*msg_redirect_##helper)(void *, SONDE_SOCKET_KEY_##helper, unsigned long long);                            \
    int (*sk_redirect_##helper)(void *, SONDE_SOCKET_KEY_##helper, unsigned long long);                             \
  };                                                                                                                \
  SONDE_INLINE void *__sonde_##name##_lookup(const __typeof__(K) *key) {                                            \
    return bpf_map_lookup_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_update(const __typeof__(K) *key, void *socket) {                                \
    return bpf_map_update_elem(SONDE_MAP_POINTER(name), key, socket, 0);                                            \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_delete(const __typeof__(K) *key) {                                              \
    return bpf_map_delete_elem(SONDE_MAP_POINTER(name), key);                                                       \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_sock_update(void *ctx, void *key, unsigned long long flags) {                   \
    return bpf_sock_##helper##_update(ctx, SONDE_MAP_POINTER(name), key, flags);                                    \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_msg_redirect(void *ctx, SONDE_SOCKET_KEY_##helper key, unsigned long long flags) { \
    return bpf_msg_redirect_##helper(ctx, SONDE_MAP_POINTER(name), key, flags);                                     \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_sk_redirect(void *ctx, SONDE_SOCKET_KEY_##helper key, unsigned long long flags) { \
    return bpf_sk_redirect_##helper(ctx, SONDE_MAP_POINTER(name), key, flags);                                      \
  }                                                                                                                 \
  SONDE_TABLE(name) = {.lookup = SONDE_AS_METHOD(__sonde_##name##_lookup),                                          \
                       .update = SONDE_AS_METHOD(__sonde_##name##_update),                                          \
                       .delete = SONDE_AS_METHOD(__sonde_##name##_delete),                                          \
                       .sock_##helper##_update = SONDE_AS_METHOD(__sonde_##name##_sock_update),                     \
                       .msg_redirect_##helper = SONDE_AS_METHOD(__sonde_##name##_msg_redirect),                     \
                       .sk_redirect_##helper = SONDE_AS_METHOD(__sonde_##name##_sk_redirect)}
// The kernel's helpers take an index by its value, and any other key by its address.
#define SONDE_SOCKET_KEY_map unsigned int
#define SONDE_SOCKET_KEY_hash void *

#define BPF_SOCKMAP_COMMON(name, entries, kind, helper) SONDE_SOCKETS(kind, unsigned int, name, entries, map)
#define BPF_SOCKMAP(name, entries) SONDE_SOCKETS("sockmap", unsigned int, name, entries, map)

#define SONDE_SOCKHASH_1(name) SONDE_SOCKETS("sockhash", unsigned int, name, 10240, hash)
#define SONDE_SOCKHASH_2(name, K) SONDE_SOCKETS("sockhash", K, name, 10240, hash)
#define SONDE_SOCKHASH_3(name, K, entries) SONDE_SOCKETS("sockhash", K, name, entries, hash)
#define BPF_SOCKHASH(...) SONDE_BY_COUNT(SONDE_TOO_MANY, SONDE_SOCKHASH_3, SONDE_SOCKHASH_2, SONDE_SOCKHASH_1, __VA_ARGS__)
