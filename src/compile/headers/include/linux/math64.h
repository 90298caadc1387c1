// Division of 64-bit numbers. BPF divides unsigned numbers only, so signs are put aside first.
#pragma once

#include <asm/div64.h>

#define div_u64(dividend, divisor) ((u64)(dividend) / (u32)(divisor))
#define div64_u64(dividend, divisor) ((u64)(dividend) / (u64)(divisor))
#define div64_ul(dividend, divisor) ((u64)(dividend) / (unsigned long)(divisor))
#define div_u64_rem(dividend, divisor, remainder) \
  ({ u64 n_ = (dividend); u32 d_ = (divisor); *(remainder) = n_ % d_; n_ / d_; })
#define div64_u64_rem(dividend, divisor, remainder) \
  ({ u64 n_ = (dividend), d_ = (divisor); *(remainder) = n_ % d_; n_ / d_; })
#define div64_s64(dividend, divisor) sonde_div64_s64(dividend, divisor)
#define div_s64(dividend, divisor) div64_s64(dividend, (s32)(divisor))
#define DIV64_U64_ROUND_UP(n, d) ({ u64 round_ = (d); ((u64)(n) + round_ - 1) / round_; })
#define DIV_U64_ROUND_CLOSEST(n, d) ({ u32 round_ = (d); ((u64)(n) + round_ / 2) / round_; })
#define mul_u32_u32(a, b) ((u64)(u32)(a) * (u32)(b))
#define mul_u64_u32_shr(a, mul, shift) \
  ({ u64 a_ = (a); u64 low_ = (u64)(u32)a_ * (u32)(mul); \
     (low_ >> (shift)) + (((a_ >> 32) * (u32)(mul)) << (32 - (shift))); })
