// What every program has before its first line: the kernel's integer types, its everyday macros, byte order and registers.
// Parsed at every compile, so it holds macros and typedefs and next to nothing else.
#pragma once

#include <sonde/config.h>

typedef signed char s8, __s8, int8_t;
typedef unsigned char u8, __u8, uint8_t, u_int8_t;
typedef short s16, __s16, int16_t;
typedef unsigned short u16, __u16, uint16_t, u_int16_t, __be16, __le16, __sum16;
typedef int s32, __s32, int32_t;
typedef unsigned int u32, __u32, uint32_t, u_int32_t, __be32, __le32, __wsum;
typedef long long s64, __s64, int64_t;
typedef unsigned long long u64, __u64, uint64_t, u_int64_t, __be64, __le64;
typedef unsigned long size_t, uintptr_t, __kernel_size_t, __kernel_ulong_t;
typedef long ssize_t, intptr_t, ptrdiff_t, __kernel_ssize_t, __kernel_long_t;
#if __STDC_VERSION__ < 202311L
typedef _Bool bool;
#endif

#define NULL ((void *)0)

// The compiler knows these and expands them in place.
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);

// --- what the compiler is told -----------------------------------------------------------------------------------------

#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __section(name) __attribute__((section(name)))
#define __must_check __attribute__((warn_unused_result))
#ifndef __user
#define __user
#endif
#define __kernel
#define __iomem
#define __rcu
#define __percpu
#define __force
#define __nocast
#define __safe
#define __bitwise
#define __private
#define __init
#define __exit
#define __read_mostly
#define __randomize_layout
#define __designated_init
#define asmlinkage
#define notrace
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" ::: "memory")
#define barrier_var(var) __asm__ __volatile__("" : "+r"(var))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val) (*(volatile __typeof__(x) *)&(x) = (val))
#define ACCESS_ONCE(x) (*(volatile __typeof__(x) *)&(x))
#define lock_xadd(ptr, val) ((void)__sync_fetch_and_add(ptr, val))

// --- sizes, bits, small arithmetic -------------------------------------------------------------------------------------

// Of a kernel type this is the offset on the kernel that the program is loaded on, also after an ahead-of-time build.
#define offsetof(type, member) ((size_t)&((type *)0)->member)
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define ARRAY_SIZE(arr) (sizeof(arr) / sizeof((arr)[0]))
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define FIELD_SIZEOF(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))

#define BUILD_BUG_ON(condition) _Static_assert(!(condition), "BUILD_BUG_ON failed: " #condition)
#define BUILD_BUG_ON_ZERO(condition) ((int)sizeof(struct { int : -!!(condition); }))

#define min(x, y) ({ __auto_type min_x_ = (x); __auto_type min_y_ = (y); min_x_ < min_y_ ? min_x_ : min_y_; })
#define max(x, y) ({ __auto_type max_x_ = (x); __auto_type max_y_ = (y); max_x_ > max_y_ ? max_x_ : max_y_; })
#define min_t(type, x, y) ({ type min_x_ = (x); type min_y_ = (y); min_x_ < min_y_ ? min_x_ : min_y_; })
#define max_t(type, x, y) ({ type max_x_ = (x); type max_y_ = (y); max_x_ > max_y_ ? max_x_ : max_y_; })
#define min3(x, y, z) min(min(x, y), z)
#define max3(x, y, z) max(max(x, y), z)
#define clamp(val, lo, hi) min(max(val, lo), hi)
#define clamp_t(type, val, lo, hi) min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi) clamp_t(__typeof__(val), val, lo, hi)

#define _AC(x, y) _AC_(x, y)
#define _AC_(x, y) x##y
#define _UL(x) _AC(x, UL)
#define _ULL(x) _AC(x, ULL)
#define UL(x) _AC(x, UL)
#define ULL(x) _AC(x, ULL)
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define MASK(n) ((n) < 64 ? (1ull << ((n) & 63)) - 1 : ~0ull)
#define MASK128(n) ((n) < 128 ? ((unsigned __int128)1 << ((n) & 127)) - 1 : ~(unsigned __int128)0)
#define is_power_of_2(n) ((n) != 0 && ((n) & ((n) - 1)) == 0)
#define ilog2(n) (63 - __builtin_clzll((n) | 1))
#define roundup_pow_of_two(n) ((n) <= 1 ? 1UL : 1UL << (64 - __builtin_clzll((n) <= 1 ? 1 : (n) - 1)))
#define rounddown_pow_of_two(n) (1UL << ilog2(n))

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define BITS_PER_LONG 64
#define BITS_PER_BYTE 8
#define BPF_MAX_STACK_DEPTH 127
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))

// #if IS_ENABLED(CONFIG_X): 1 when CONFIG_X is defined as 1.
#define SONDE_COMMA_1 0,
#define SONDE_SECOND(first, second, ...) second
#define SONDE_IS_ONE_(comma_or_junk) SONDE_SECOND(comma_or_junk 1, 0)
#define SONDE_IS_ONE(value) SONDE_IS_ONE__(value)
#define SONDE_IS_ONE__(value) SONDE_IS_ONE_(SONDE_COMMA_##value)
#define IS_BUILTIN(option) SONDE_IS_ONE(option)
#define IS_MODULE(option) SONDE_IS_ONE(option##_MODULE)
#define IS_ENABLED(option) (SONDE_IS_ONE(option) || SONDE_IS_ONE(option##_MODULE))
#define IS_REACHABLE(option) SONDE_IS_ONE(option)

// A function, as macros of <linux/kernel.h> use it where a statement expression is not allowed, and are had without that header.
static __always_inline long long sonde_div64_s64(long long dividend, long long divisor) {
  unsigned long long n = dividend < 0 ? -(unsigned long long)dividend : (unsigned long long)dividend;
  unsigned long long d = divisor < 0 ? -(unsigned long long)divisor : (unsigned long long)divisor;
  return (dividend < 0) != (divisor < 0) ? -(long long)(n / d) : (long long)(n / d);
}
// floor(log2(v)), and 0 for 0.
static __always_inline unsigned int bpf_log2(unsigned int v) {
  unsigned int r = (v > 0xffff) << 4;
  v >>= r;
  unsigned int shift = (v > 0xff) << 3;
  v >>= shift;
  r |= shift;
  shift = (v > 0xf) << 2;
  v >>= shift;
  r |= shift;
  shift = (v > 0x3) << 1;
  v >>= shift;
  return r | shift | (v >> 1);
}

// The slot of a power-of-two histogram: 0 and 1 -> 1, 2 and 3 -> 2, 4 to 7 -> 3, …
static __always_inline unsigned int bpf_log2l(unsigned long v) {
  unsigned int high = v >> 32;
  return high ? bpf_log2(high) + 33 : bpf_log2(v) + 1;
}

// --- byte order --------------------------------------------------------------------------------------------------------

#define __bswap_128__(x) \
  ({ unsigned __int128 swap_ = (x); \
     ((unsigned __int128)__builtin_bswap64((u64)swap_) << 64) | __builtin_bswap64((u64)(swap_ >> 64)); })
#define swab16(x) ((u16)__builtin_bswap16(x))
#define swab32(x) ((u32)__builtin_bswap32(x))
#define swab64(x) ((u64)__builtin_bswap64(x))
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD
#define cpu_to_be16(x) ((u16)__builtin_bswap16(x))
#define cpu_to_be32(x) ((u32)__builtin_bswap32(x))
#define cpu_to_be64(x) ((u64)__builtin_bswap64(x))
#define cpu_to_le16(x) ((u16)(x))
#define cpu_to_le32(x) ((u32)(x))
#define cpu_to_le64(x) ((u64)(x))
#define bpf_ntoh128(x) __bswap_128__(x)
#else
#define __BIG_ENDIAN 4321
#define __BIG_ENDIAN_BITFIELD
#define cpu_to_be16(x) ((u16)(x))
#define cpu_to_be32(x) ((u32)(x))
#define cpu_to_be64(x) ((u64)(x))
#define cpu_to_le16(x) ((u16)__builtin_bswap16(x))
#define cpu_to_le32(x) ((u32)__builtin_bswap32(x))
#define cpu_to_le64(x) ((u64)__builtin_bswap64(x))
#define bpf_ntoh128(x) ((unsigned __int128)(x))
#endif
#define be16_to_cpu(x) cpu_to_be16(x)
#define be32_to_cpu(x) cpu_to_be32(x)
#define be64_to_cpu(x) cpu_to_be64(x)
#define le16_to_cpu(x) cpu_to_le16(x)
#define le32_to_cpu(x) cpu_to_le32(x)
#define le64_to_cpu(x) cpu_to_le64(x)
#define __cpu_to_be16(x) cpu_to_be16(x)
#define __cpu_to_be32(x) cpu_to_be32(x)
#define __cpu_to_be64(x) cpu_to_be64(x)
#define __cpu_to_le16(x) cpu_to_le16(x)
#define __cpu_to_le32(x) cpu_to_le32(x)
#define __cpu_to_le64(x) cpu_to_le64(x)
#define __be16_to_cpu(x) cpu_to_be16(x)
#define __be32_to_cpu(x) cpu_to_be32(x)
#define __be64_to_cpu(x) cpu_to_be64(x)
#define __le16_to_cpu(x) cpu_to_le16(x)
#define __le32_to_cpu(x) cpu_to_le32(x)
#define __le64_to_cpu(x) cpu_to_le64(x)
#define __constant_htons(x) cpu_to_be16(x)
#define __constant_htonl(x) cpu_to_be32(x)
#define __constant_ntohs(x) cpu_to_be16(x)
#define __constant_ntohl(x) cpu_to_be32(x)
#define htons(x) cpu_to_be16(x)
#define htonl(x) cpu_to_be32(x)
#define ntohs(x) cpu_to_be16(x)
#define ntohl(x) cpu_to_be32(x)
#define bpf_htons(x) cpu_to_be16(x)
#define bpf_htonl(x) cpu_to_be32(x)
#define bpf_htonll(x) cpu_to_be64(x)
#define bpf_ntohs(x) cpu_to_be16(x)
#define bpf_ntohl(x) cpu_to_be32(x)
#define bpf_ntohll(x) cpu_to_be64(x)
#define bpf_hton128(x) bpf_ntoh128(x)
#define bpf_cpu_to_be64(x) cpu_to_be64(x)
#define bpf_be64_to_cpu(x) cpu_to_be64(x)

// --- packets and tracepoints -------------------------------------------------------------------------------------------

#define cursor_advance(cursor, len) ({ void *before_ = (cursor); (cursor) += (len); before_; })

// A field of varying length of a tracepoint; the context is called `args`. An unsigned one counts from its own end.
#define SONDE_DATA_LOC(field) \
  ((char *)args + (args->data_loc_##field & 0xffff) \
   + _Generic(args->data_loc_##field, int: 0, unsigned: (char *)(&args->data_loc_##field + 1) - (char *)args))
#define TP_DATA_LOC_READ_CONST(dst, field, length) bpf_probe_read_kernel((void *)(dst), length, SONDE_DATA_LOC(field))
#define TP_DATA_LOC_READ_STR(dst, field, length) bpf_probe_read_kernel_str((void *)(dst), length, SONDE_DATA_LOC(field))
#define TP_DATA_LOC_READ(dst, field) \
  TP_DATA_LOC_READ_CONST(dst, field, (unsigned int)args->data_loc_##field >> 16)

