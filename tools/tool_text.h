// Text from the memory of programs and of the kernel: read whole where there is room, marked where it is cut or cannot
// be read. A part of tool.h.
#pragma once
#pragma clang system_header

// Both are counted, and said at the end.
BPF_PERCPU_ARRAY(sonde_unread, u64, 1);
BPF_PERCPU_ARRAY(sonde_cut, u64, 1);
SONDE_INLINE long sonde_note_unread(long length) {
  int zero = 0;
  u64 *count = length < 0 ? sonde_unread.lookup(&zero) : NULL;
  if (count) *count += 1;
  return length;
}

// What follows `length` bytes that filled a room of `room`, their zero byte included: zero if the text ends there.
SONDE_INLINE char sonde_next(long length, u32 room, const void *from, bool of_kernel) {
  char next = 0;
  if (length != room) return 0;
  if (of_kernel) bpf_probe_read_kernel(&next, 1, from + room - 1);
  else bpf_probe_read_user(&next, 1, from + room - 1);
  int zero = 0;
  u64 *count = next ? sonde_cut.lookup(&zero) : NULL;
  if (count) *count += 1;
  return next;
}

SONDE_INLINE long sonde_read_str(char *to, u32 room, const void *from, bool of_kernel) {
  return of_kernel ? bpf_probe_read_kernel_str(to, room, from) : bpf_probe_read_user_str(to, room, from);
}

// Into an array of char. Text that is cut fills it to the last byte, without a zero byte behind it.
SONDE_INLINE long sonde_read_array(char *to, u32 room, const void *from, bool of_kernel) {
  long length = sonde_read_str(to, room, from, of_kernel);
  to[room - 1] = sonde_next(length, room, from, of_kernel);
  return sonde_note_unread(length);
}
#define read_user_string(to, from) sonde_read_array(to, sizeof(to), from, false)
#define read_kernel_string(to, from) sonde_read_array(to, sizeof(to), from, true)

// --- one text, the last field of its row -----------------------------------------------------------------------------

// Room for a row with its `field` of type string_t read from a program's memory: a small one for ordinary text, the
// whole for what is longer. NULL and sending as with new_row().
#define new_string_row(name, field, from)                                                                           \
  ({                                                                                                                \
    int zero_ = 0;                                                                                                  \
    const void *from_ = (from);                                                                                     \
    name##_row *row_;                                                                                               \
    if (sonde_without_ring_buffers) {                                                                               \
      row_ = name##_room.lookup(&zero_);                                                                            \
      if (row_) sonde_fill_row(name, row_, field, SONDE_STRING, from_);                                             \
    } else {                                                                                                        \
      row_ = name.ringbuf_reserve(__builtin_offsetof(name##_row, field.bytes) + SONDE_SHORT_STRING);                \
      if (row_ && sonde_fill_row(name, row_, field, SONDE_SHORT_STRING, from_) == SONDE_SHORT_STRING) {             \
        name.ringbuf_discard(row_, 0);                                                                              \
        row_ = name.ringbuf_reserve(__builtin_offsetof(name##_row, field.bytes) + SONDE_STRING);                    \
        if (row_) sonde_fill_row(name, row_, field, SONDE_STRING, from_);                                           \
      }                                                                                                             \
    }                                                                                                               \
    row_;                                                                                                           \
  })
// What is in front of the text is cleared.
#define sonde_fill_row(name, row, field, room, from)                                                                \
  ({                                                                                                                \
    __builtin_memset(row, 0, __builtin_offsetof(name##_row, field.bytes));                                          \
    sonde_read_string(&(row)->field, room, from);                                                                   \
  })
#define send_string_row(name, row, field)                                                                           \
  send_part(name, row, __builtin_offsetof(name##_row, field.bytes) + ((row)->field.length & (SONDE_STRING - 1)))
#define SONDE_SHORT_STRING 256

SONDE_INLINE long sonde_read_string(string_t *text, u32 room, const void *from) {
  long length = bpf_probe_read_user_str(text->bytes, room, from);
  if (room != SONDE_STRING && length == room) return length;  // it is read again
  if (sonde_note_unread(length) < 0) text->state = SONDE_UNREAD;
  if (sonde_next(length, room, from, false)) text->state = SONDE_CUT;
  text->length = length > 0 ? length - 1 : 0;
  return length;
}

// --- several texts, one behind the other -----------------------------------------------------------------------------

// For the last field of a row that is made in the memory of its CPU (row_here) and sent as far as it is filled
// (send_texts).
SONDE_INLINE void clear_texts(texts_t *texts) {
  texts->length = texts->count = 0;
  texts->absent = texts->unread = texts->cut = 0;
}
SONDE_INLINE char *sonde_end_of(texts_t *texts) {
  u32 length = texts->length;
  barrier_var(length);  // or the compiler knows that the mask changes nothing, and the kernel does not
  return texts->bytes + (length & (SONDE_TEXTS - 1));
}
// False when there is no room for another. From NULL there is none: it is absent.
SONDE_INLINE bool sonde_add_text(texts_t *texts, const void *from, u32 room, bool of_kernel) {
  if (texts->length >= SONDE_TEXTS || texts->count >= SONDE_TEXTS_MARKED) return false;
  u64 mark = 1ull << (texts->count & 63);
  char *to = sonde_end_of(texts);
  long length = sonde_read_str(to, room, from, of_kernel);
  if (!from) texts->absent |= mark;
  else if (sonde_note_unread(length) < 0) texts->unread |= mark;
  if (length <= 0) *to = 0;  // of empty text some kernels read no byte
  if (sonde_next(length, room, from, of_kernel)) texts->cut |= mark;
  texts->length += length > 0 ? length & (2 * SONDE_STRING - 1) : 1;
  texts->count += 1;
  return true;
}
#define add_user_text(texts, from) sonde_add_text(texts, from, SONDE_STRING, false)
#define add_kernel_text(texts, from, room) sonde_add_text(texts, from, room, true)

#define row_here(name)                                                                                              \
  ({                                                                                                                \
    int zero_ = 0;                                                                                                  \
    name##_room.lookup(&zero_);                                                                                     \
  })
#define send_texts(name, row, field)                                                                                \
  ({                                                                                                                \
    u64 size_ = __builtin_offsetof(name##_row, field.bytes) + ((row)->field.length & (2 * SONDE_TEXTS - 1));        \
    if (size_ <= sizeof(name##_row)) send_copy(name, row, size_);                                                   \
  })

// --- parts of text ---------------------------------------------------------------------------------------------------

// Whether `part` is in `text`, both with room for a command's name; an empty part is in every text.
SONDE_INLINE bool sonde_has_part(const char *text, const volatile char *part) {
  for (u32 i = 0; i < TASK_COMM_LEN; i++) {
    u32 differs = 0;
    for (u32 k = 0; k < TASK_COMM_LEN; k++) {
      char wanted = part[k], found = i + k < TASK_COMM_LEN ? text[i + k] : 0;
      if (wanted) differs |= wanted ^ found;
    }
    if (!differs) return true;
  }
  return false;
}
// Whether the current command's name has the option's text in it.
SONDE_INLINE bool comm_has(const volatile char *part) {
  if (!part[0]) return true;
  char comm[TASK_COMM_LEN];
  bpf_get_current_comm(comm, sizeof(comm));
  return sonde_has_part(comm, part);
}
