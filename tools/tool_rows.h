// Rows: one line an event. A part of tool.h.
#pragma once
#pragma clang system_header

// Kernels before 5.8 have no ring buffers: there a row is made in memory of its CPU and goes through a perf buffer.
static const volatile bool sonde_without_ring_buffers __attribute__((used));
void *sonde_context(void) __asm__("sonde.context");  // of the program that this is called in, from however deep
#define ROWS(name, row)                                                                                             \
  BPF_RINGBUF_OUTPUT(name, SONDE_RING_PAGES);                                                                       \
  BPF_PERF_OUTPUT(name##_by_cpu);                                                                                   \
  BPF_PERCPU_ARRAY(name##_room, row, 1);                                                                            \
  typedef row name##_row;                                                                                           \
  extern name##_row name##_rows SONDE_ANNOTATE("rows", #name)
#define SONDE_RING_PAGES 64
// Each of the two is tested for NULL by itself: kernels before 6.2 take a second test of what was reserved for a leak.
// Room for a row, zeroed, or NULL: that it is lost is counted. What is not sent must be dropped.
#define new_row(name) new_part(name, sizeof(name##_row))
#define send_row(name, row) send_part(name, row, sizeof(name##_row))
#define drop_row(name, row)                                                                                         \
  ({                                                                                                                \
    if (!sonde_without_ring_buffers) name.ringbuf_discard(row, 0);                                                  \
  })
// The first bytes of a row, where what is behind them is large and not wanted.
#define new_part(name, size)                                                                                        \
  ({                                                                                                                \
    int zero_ = 0;                                                                                                  \
    name##_row *row_;                                                                                               \
    if (sonde_without_ring_buffers) {                                                                               \
      row_ = name##_room.lookup(&zero_);                                                                            \
      if (row_) __builtin_memset(row_, 0, size);                                                                    \
    } else {                                                                                                        \
      row_ = name.ringbuf_reserve(size);                                                                            \
      if (row_) __builtin_memset(row_, 0, size);                                                                    \
    }                                                                                                               \
    row_;                                                                                                           \
  })
#define send_part(name, row, size)                                                                                  \
  ({                                                                                                                \
    if (sonde_without_ring_buffers) name##_by_cpu.perf_submit(sonde_context(), row, size);                          \
    else name.ringbuf_submit(row, 0);                                                                               \
  })
// A row that was made somewhere else, or its first bytes: as many as there is something in.
#define send_copy(name, row, size)                                                                                  \
  ({                                                                                                                \
    if (sonde_without_ring_buffers) name##_by_cpu.perf_submit(sonde_context(), row, size);                          \
    else name.ringbuf_output(row, size, 0);                                                                         \
  })
// As text a row is this line, without a header: {field}, {time}, {loadavg}.
#define LINE(rows, text) SONDE_SAYS("line", #rows, text)
