// Perf buffers and ring buffers.
#pragma once
#pragma clang system_header
#include <sonde/map_losses.h>

#define BPF_PERF_OUTPUT(name)                                                                                       \
  SONDE_PLAIN_MAP("perf_output", int, unsigned int, name, 0);                                                       \
  struct name##_table_t {                                                                                           \
    int key;                                                                                                        \
    unsigned int leaf;                                                                                              \
    int (*perf_submit)(void *, const void *, unsigned int);                                                         \
    int (*perf_submit_skb)(void *, unsigned int, const void *, unsigned int);                                       \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_submit(void *ctx, const void *data, unsigned int size) {                        \
    return bpf_perf_event_output(ctx, SONDE_MAP_POINTER(name), CUR_CPU_IDENTIFIER, data, size);                     \
  }                                                                                                                 \
  SONDE_INLINE int __sonde_##name##_submit_skb(void *ctx, unsigned int packet, const void *data, unsigned int size) {\
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
    int (*ringbuf_output)(const void *, unsigned long long, unsigned long long);                                    \
    void *(*ringbuf_reserve)(unsigned long long);                                                                   \
    void (*ringbuf_discard)(void *, unsigned long long);                                                            \
    void (*ringbuf_submit)(void *, unsigned long long);                                                             \
    unsigned long long (*ringbuf_query)(unsigned long long);                                                        \
  };                                                                                                                \
  SONDE_INLINE int __sonde_##name##_output(const void *data, unsigned long long size, unsigned long long flags) {   \
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
