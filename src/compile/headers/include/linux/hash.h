// Hashing of numbers, by multiplication.
#pragma once

#define GOLDEN_RATIO_32 0x61C88647
#define GOLDEN_RATIO_64 0x61C8864680B583EBULL
#define GOLDEN_RATIO_PRIME GOLDEN_RATIO_64
#define hash_32(val, bits) ((u32)((u32)(val) * GOLDEN_RATIO_32) >> (32 - (bits)))
#define hash_64(val, bits) ((u32)((u64)(val) * GOLDEN_RATIO_64 >> (64 - (bits))))
#define hash_long(val, bits) hash_64(val, bits)
#define hash_ptr(ptr, bits) hash_64((unsigned long)(ptr), bits)
#define hash32_ptr(ptr) ((u32)((u64)(unsigned long)(ptr) >> 32) ^ (u32)(unsigned long)(ptr))
