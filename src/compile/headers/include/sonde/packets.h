// Packets by offset, for socket filters and traffic control: loads, fields of headers that are no memory, checksums.
#pragma once

#include <sonde/helpers.h>

// The program ends with 0 when the packet is shorter.
unsigned long long load_byte(void *skb, unsigned long long off) __asm__("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long off) __asm__("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long off) __asm__("llvm.bpf.load.word");
#define load_dword(skb, off) ((load_word(skb, off) << 32) | load_word(skb, (off) + 4))

// The context of the program that this is in, or is inlined into; see packet_context.cc.
extern void *sonde_packet_context(void);

// `count` bytes, 1 to 8, in host order: nothing behind them is touched.
static __always_inline u64 sonde_packet_bytes(void *skb, u64 at, u32 count) {
  u64 value = 0;
  if (count & 8) return load_dword(skb, at);
  if (count & 4) value = load_word(skb, at), at += 4;
  if (count & 2) value = value << 16 | load_half(skb, at), at += 2;
  if (count & 1) value = value << 8 | load_byte(skb, at);
  return value;
}

// A field of `bits` bits, at most 64, that begins `first` bits, at most 7, behind the highest bit of the byte `at`.
static __always_inline u64 sonde_packet_read(void *skb, u64 at, u32 first, u32 bits) {
  u32 end = first + bits;
  if (end <= 64) return sonde_packet_bytes(skb, at, (end + 7) / 8) >> (-end & 7) & MASK(bits);
  u64 high = sonde_packet_bytes(skb, at, 8), low = load_byte(skb, at + 8);
  return (high << (end - 64) | low >> (72 - end)) & MASK(bits);
}

static __always_inline void sonde_packet_put(void *skb, u64 at, u64 value, u32 count) {
  u64 wire = cpu_to_be64(value << (64 - 8 * count));
  bpf_skb_store_bytes(skb, at, &wire, count, 0);
}

// Gives what the field holds then.
static __always_inline u64 sonde_packet_write(void *skb, u64 at, u32 first, u32 bits, u64 value) {
  u32 end = first + bits, count = (end + 7) / 8, shift = -end & 7;
  value &= MASK(bits);
  if (end > 64) {
    u64 high = sonde_packet_bytes(skb, at, 8) & ~MASK(64 - first), low = load_byte(skb, at + 8) & MASK(shift);
    sonde_packet_put(skb, at, high | value >> (end - 64), 8);
    sonde_packet_put(skb, at + 8, low | (value << shift & 0xff), 1);
    return value;
  }
  u64 others = first || shift ? sonde_packet_bytes(skb, at, count) & ~(MASK(bits) << shift) : 0;
  sonde_packet_put(skb, at, others | value << shift, count);
  return value;
}

// Gives what the field held before.
static __always_inline u64 sonde_packet_add(void *skb, u64 at, u32 first, u32 bits, u64 amount) {
  u64 before = sonde_packet_read(skb, at, first, bits);
  sonde_packet_write(skb, at, first, bits, before + amount);
  return before;
}

// What a signed field of that width means.
static __always_inline s64 sonde_packet_signed(u64 value, u32 bits) {
  return (s64)(value << (64 - bits)) >> (64 - bits);
}

#define bpf_dext_pkt(pkt, off, bofs, bsz) sonde_packet_read(pkt, off, bofs, bsz)
#define bpf_dins_pkt(pkt, off, bofs, bsz, val) ((void)sonde_packet_write(pkt, off, bofs, bsz, val))

// A checksum's old and new value are in host order, and of as many bytes as they have on the wire.
#define SONDE_ON_WIRE(value, size) \
  ((size) == 2 ? cpu_to_be16((u16)(value)) : (size) == 4 ? cpu_to_be32((u32)(value)) : (size) == 8 ? cpu_to_be64(value) : (value))
static __always_inline int bpf_l3_csum_replace_(void *ctx, u64 off, u64 from, u64 to, u64 flags) {
  return bpf_l3_csum_replace(ctx, off, SONDE_ON_WIRE(from, flags & 0xf), SONDE_ON_WIRE(to, flags & 0xf), flags);
}
static __always_inline int bpf_l4_csum_replace_(void *ctx, u64 off, u64 from, u64 to, u64 flags) {
  return bpf_l4_csum_replace(ctx, off, SONDE_ON_WIRE(from, flags & 0xf), SONDE_ON_WIRE(to, flags & 0xf), flags);
}
#define incr_cksum_l3(off, oldval, newval) \
  bpf_l3_csum_replace_(sonde_packet_context(), (u64)(off), oldval, newval, sizeof(newval))
#define incr_cksum_l4(off, oldval, newval, flags) \
  bpf_l4_csum_replace_(sonde_packet_context(), (u64)(off), oldval, newval, ((flags) & 1) << 4 | sizeof(newval))
