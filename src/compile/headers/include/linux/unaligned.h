// Numbers at any address.
#pragma once

#define get_unaligned(ptr) \
  ({ const struct { __typeof__(*(ptr)) value; } __attribute__((packed)) *at_ = (const void *)(ptr); at_->value; })
#define get_unaligned_be16(p) be16_to_cpu(get_unaligned((const u16 *)(p)))
#define get_unaligned_be32(p) be32_to_cpu(get_unaligned((const u32 *)(p)))
#define get_unaligned_be64(p) be64_to_cpu(get_unaligned((const u64 *)(p)))
#define get_unaligned_le16(p) le16_to_cpu(get_unaligned((const u16 *)(p)))
#define get_unaligned_le32(p) le32_to_cpu(get_unaligned((const u32 *)(p)))
#define get_unaligned_le64(p) le64_to_cpu(get_unaligned((const u64 *)(p)))
