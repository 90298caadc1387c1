// Arithmetic that kernel code does everywhere.
#pragma once

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/math64.h>

#define swap(a, b) do { __typeof__(a) swap_ = (a); (a) = (b); (b) = swap_; } while (0)
#define abs(x) ({ __auto_type abs_ = (x); abs_ < 0 ? -abs_ : abs_; })
// n / d also of numbers with a sign. A constant stays one.
#define SONDE_DIVIDED(n, d)                                                                          \
  __builtin_choose_expr(__builtin_constant_p((n) / (d)) || (__typeof__((n) / (d)))-1 > 0, (n) / (d), \
                        (__typeof__((n) / (d)))sonde_div64_s64(n, d))
#define DIV_ROUND_UP(n, d) SONDE_DIVIDED((n) + (d) - 1, d)
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((u64)(n), d)
#define DIV_ROUND_CLOSEST(x, d) SONDE_DIVIDED((x) + (d) / 2, d)
#define __round_mask(x, y) ((__typeof__(x))((y) - 1))
#define round_up(x, y) ((((x) - 1) | __round_mask(x, y)) + 1)
#define round_down(x, y) ((x) & ~__round_mask(x, y))
#define roundup(x, y) (DIV_ROUND_UP(x, y) * (y))
#define rounddown(x, y) (SONDE_DIVIDED(x, y) * (y))
#define ALIGN(x, a) (((x) + (__typeof__(x))(a) - 1) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define PTR_ALIGN(p, a) ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define sign_extend32(value, bit) ((s32)((u32)(value) << (31 - (bit))) >> (31 - (bit)))
#define sign_extend64(value, bit) ((s64)((u64)(value) << (63 - (bit))) >> (63 - (bit)))
#define reciprocal_scale(val, n) ((u32)(((u64)(val) * (n)) >> 32))
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)
#define typecheck(type, x) 1
