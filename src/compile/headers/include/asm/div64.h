// do_div(n, base): divides n in place, gives the remainder.
#pragma once

#define do_div(n, base) ({ u32 base_ = (base); u32 rest_ = (u64)(n) % base_; (n) = (u64)(n) / base_; rest_; })
