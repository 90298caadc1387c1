// Bob Jenkins' hash of words.
#pragma once

#include <linux/bitops.h>

#define JHASH_INITVAL 0xdeadbeef
#define __jhash_final(a, b, c) \
  do { \
    c ^= b; c -= rol32(b, 14); \
    a ^= c; a -= rol32(c, 11); \
    b ^= a; b -= rol32(a, 25); \
    c ^= b; c -= rol32(b, 16); \
    a ^= c; a -= rol32(c, 4); \
    b ^= a; b -= rol32(a, 14); \
    c ^= b; c -= rol32(b, 24); \
  } while (0)
#define __jhash_nwords(a, b, c, initval) \
  ({ u32 hash_init_ = (initval), hash_a_ = (u32)(a) + hash_init_, hash_b_ = (u32)(b) + hash_init_, \
         hash_c_ = (u32)(c) + hash_init_; \
     __jhash_final(hash_a_, hash_b_, hash_c_); \
     hash_c_; })
#define jhash_3words(a, b, c, initval) __jhash_nwords(a, b, c, (initval) + JHASH_INITVAL + (3 << 2))
#define jhash_2words(a, b, initval) __jhash_nwords(a, b, 0, (initval) + JHASH_INITVAL + (2 << 2))
#define jhash_1word(a, initval) __jhash_nwords(a, 0, 0, (initval) + JHASH_INITVAL + (1 << 2))
