// A bit-field of a record whose layout is the running kernel's: where it is, is told by relocations (bit_fields.cc).
#pragma once
#pragma clang system_header

// `left` and `right` as BPF_FIELD_LSHIFT_U64 and BPF_FIELD_RSHIFT_U64: what cuts the field out of 64 bits.
static __always_inline u64 sonde_bits(const void *record, u32 offset, u32 size, u32 left) {
  const char *at = (const char *)record + offset;
  switch (size) {
    case 1: return (u64)*(const u8 *)at << left;
    case 2: return (u64)*(const u16 *)at << left;
    case 4: return (u64)*(const u32 *)at << left;
    default: return *(const u64 *)at << left;
  }
}
static __always_inline u64 sonde_bit_field(const void *record, u32 offset, u32 size, u32 left, u32 right) {
  return sonde_bits(record, offset, size, left) >> right;
}
static __always_inline s64 sonde_signed_bit_field(const void *record, u32 offset, u32 size, u32 left, u32 right) {
  return (s64)sonde_bits(record, offset, size, left) >> right;
}
