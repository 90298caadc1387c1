// Reading kernel memory and asking about kernel types in libbpf's words. In sonde plain C does the same: src->a->b is read
// and relocated by itself; these are for programs written for libbpf.
#pragma once

#include <sonde/helpers.h>

// --- what the kernel that the program is loaded on has -----------------------------------------------------------------

#define SONDE_FIELD_1(field) field
#define SONDE_FIELD_2(type, field) ((__typeof__(type) *)0)->field
#define SONDE_FIELD(field...) SONDE_JOIN(SONDE_FIELD_, SONDE_COUNT(field))(field)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(SONDE_FIELD(field), 0)
#define bpf_core_field_size(field...) __builtin_preserve_field_info(SONDE_FIELD(field), 1)
#define bpf_core_field_exists(field...) __builtin_preserve_field_info(SONDE_FIELD(field), 2)
#define bpf_core_type_id_local(type) __builtin_btf_type_id(*(__typeof__(type) *)0, 0)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(__typeof__(type) *)0, 1)
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*(__typeof__(type) *)0, 0)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*(__typeof__(type) *)0, 1)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*(__typeof__(type) *)0, 2)
#define bpf_core_enum_value_exists(enum_type, value) __builtin_preserve_enum_value(*(__typeof__(enum_type) *)value, 0)
#define bpf_core_enum_value(enum_type, value) __builtin_preserve_enum_value(*(__typeof__(enum_type) *)value, 1)
#define bpf_core_cast(ptr, type) ((__typeof__(type) *)(ptr))

// --- reading one thing -------------------------------------------------------------------------------------------------

#define bpf_core_read(dst, size, src) \
  bpf_probe_read_kernel(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_str(dst, size, src) \
  bpf_probe_read_kernel_str(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user(dst, size, src) \
  bpf_probe_read_user(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user_str(dst, size, src) \
  bpf_probe_read_user_str(dst, size, (const void *)__builtin_preserve_access_index(src))

#define BPF_CORE_READ_BITFIELD_PROBED(src, field) \
  ({ u64 bits_ = 0; const char *at_ = (const char *)(src) + __builtin_preserve_field_info((src)->field, 0); \
     bpf_probe_read_kernel(&bits_, __builtin_preserve_field_info((src)->field, 1), at_); \
     bits_ <<= __builtin_preserve_field_info((src)->field, 4); \
     unsigned int right_ = __builtin_preserve_field_info((src)->field, 5); \
     (unsigned long long)(__builtin_preserve_field_info((src)->field, 3) ? (u64)((s64)bits_ >> right_) : bits_ >> right_); })
#define BPF_CORE_READ_BITFIELD(src, field) BPF_CORE_READ_BITFIELD_PROBED(src, field)

// --- following pointers: BPF_CORE_READ(task, mm, exe_file, f_inode) is task->mm->exe_file->f_inode ----------------------

// One definition a length, because a macro does not expand inside itself.
#define SONDE_NEXT(read, typed, from, a) \
  const void *from_ = (const void *)(from); const void *next_ = 0; read(&next_, sizeof(next_), &((__typeof__(typed))from_)->a)
#define SONDE_STEP_1(read, dst, typed, from, a) read(dst, sizeof(*(dst)), &((__typeof__(typed))(from))->a)
#define SONDE_STEP_2(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_1(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_3(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_2(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_4(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_3(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_5(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_4(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_6(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_5(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_7(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_6(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_8(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_7(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STEP_9(read, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STEP_8(read, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_ARROW_1(src, a) (src)->a
#define SONDE_ARROW_2(src, a, ...) SONDE_ARROW_1((src)->a, __VA_ARGS__)
#define SONDE_ARROW_3(src, a, ...) SONDE_ARROW_2((src)->a, __VA_ARGS__)
#define SONDE_ARROW_4(src, a, ...) SONDE_ARROW_3((src)->a, __VA_ARGS__)
#define SONDE_ARROW_5(src, a, ...) SONDE_ARROW_4((src)->a, __VA_ARGS__)
#define SONDE_ARROW_6(src, a, ...) SONDE_ARROW_5((src)->a, __VA_ARGS__)
#define SONDE_ARROW_7(src, a, ...) SONDE_ARROW_6((src)->a, __VA_ARGS__)
#define SONDE_ARROW_8(src, a, ...) SONDE_ARROW_7((src)->a, __VA_ARGS__)
#define SONDE_ARROW_9(src, a, ...) SONDE_ARROW_8((src)->a, __VA_ARGS__)
#define SONDE_READ_INTO(last, dst, src, ...) \
  SONDE_JOIN(SONDE_STEP_, SONDE_COUNT(__VA_ARGS__))(last, dst, src, src, __VA_ARGS__)
#define SONDE_READ(read, src, ...) \
  ({ __typeof__(SONDE_JOIN(SONDE_ARROW_, SONDE_COUNT(__VA_ARGS__))(src, __VA_ARGS__)) read_; \
     SONDE_READ_INTO(read, &read_, src, __VA_ARGS__); read_; })
#define SONDE_PLAIN_READ(dst, size, src) bpf_probe_read_kernel(dst, size, src)
#define SONDE_PLAIN_READ_USER(dst, size, src) bpf_probe_read_user(dst, size, src)

#define BPF_CORE_READ_INTO(dst, src, ...) SONDE_READ_INTO(bpf_core_read, dst, src, __VA_ARGS__)
#define BPF_CORE_READ_USER_INTO(dst, src, ...) SONDE_READ_INTO(bpf_core_read_user, dst, src, __VA_ARGS__)
#define BPF_PROBE_READ_INTO(dst, src, ...) SONDE_READ_INTO(SONDE_PLAIN_READ, dst, src, __VA_ARGS__)
#define BPF_PROBE_READ_USER_INTO(dst, src, ...) SONDE_READ_INTO(SONDE_PLAIN_READ_USER, dst, src, __VA_ARGS__)
#define BPF_CORE_READ(src, ...) SONDE_READ(bpf_core_read, src, __VA_ARGS__)
#define BPF_CORE_READ_USER(src, ...) SONDE_READ(bpf_core_read_user, src, __VA_ARGS__)
#define BPF_PROBE_READ(src, ...) SONDE_READ(SONDE_PLAIN_READ, src, __VA_ARGS__)
#define BPF_PROBE_READ_USER(src, ...) SONDE_READ(SONDE_PLAIN_READ_USER, src, __VA_ARGS__)

// The last thing is a string, an array in the record.
#define BPF_CORE_READ_STR_INTO(dst, src, ...) \
  SONDE_JOIN(SONDE_STRING_, SONDE_COUNT(__VA_ARGS__))(bpf_core_read, bpf_core_read_str, dst, src, src, __VA_ARGS__)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, ...) \
  SONDE_JOIN(SONDE_STRING_, SONDE_COUNT(__VA_ARGS__))(bpf_core_read_user, bpf_core_read_user_str, dst, src, src, __VA_ARGS__)
#define BPF_PROBE_READ_STR_INTO BPF_CORE_READ_STR_INTO
#define SONDE_STRING_1(read, string, dst, typed, from, a) string(dst, sizeof(*(dst)), &((__typeof__(typed))(from))->a)
#define SONDE_STRING_2(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_1(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_3(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_2(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_4(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_3(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_5(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_4(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_6(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_5(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_7(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_6(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_8(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_7(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
#define SONDE_STRING_9(read, string, dst, typed, from, a, ...) \
  ({ SONDE_NEXT(read, typed, from, a); SONDE_STRING_8(read, string, dst, ((__typeof__(typed))0)->a, next_, __VA_ARGS__); })
