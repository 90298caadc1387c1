// The tables follow the opcode maps of the processors' manuals, 64-bit mode.
#include "elf/instruction.h"

#include <elf.h>

namespace sonde::elf {
namespace {

// What follows an opcode. kWord: 4 bytes, or 2 with the prefix 0x66.
enum Follows : uint8_t {
  kNothing = 0,
  kModRm = 1,
  kByte = 2,
  kWord = 4,
  kUnknown = 8,
};

struct Cursor {
  std::string_view code;
  size_t at = 0;
  bool cut = false;

  uint8_t peek(size_t ahead = 0) const { return at + ahead < code.size() ? static_cast<uint8_t>(code[at + ahead]) : 0; }
  uint8_t take() {
    uint8_t byte = peek();
    skip(1);
    return byte;
  }
  void skip(size_t count) {
    at += count;
    cut = cut || at > code.size();
  }
};

struct Prefixes {
  bool operand = false;  // 0x66
  bool address = false;  // 0x67
  bool repne = false;    // 0xf2
  bool wide = false;     // REX.W
};

bool is_one_of(uint8_t byte, std::string_view bytes) { return bytes.find(static_cast<char>(byte)) != bytes.npos; }

Prefixes take_prefixes(Cursor& cursor) {
  Prefixes prefixes;
  while (is_one_of(cursor.peek(), "\x66\x67\xf2\xf3\xf0\x2e\x36\x3e\x26\x64\x65") && cursor.at < cursor.code.size()) {
    uint8_t byte = cursor.take();
    prefixes.operand |= byte == 0x66;
    prefixes.address |= byte == 0x67;
    prefixes.repne |= byte == 0xf2;
  }
  if ((cursor.peek() & 0xf0) == 0x40) prefixes.wide = (cursor.take() & 8) != 0;
  return prefixes;
}

// ModRM, and the SIB byte and displacement that it asks for.
void skip_operand(Cursor& cursor) {
  uint8_t modrm = cursor.take(), mode = modrm >> 6, base = modrm & 7;
  if (mode == 3) return;
  if (base == 4) base = cursor.take() & 7;
  if (mode == 1) cursor.skip(1);
  if (mode == 2 || (mode == 0 && base == 5)) cursor.skip(4);
}

unsigned follows_one_byte(uint8_t op) {
  if (op < 0x40) {
    constexpr unsigned kRow[] = {kModRm, kModRm, kModRm, kModRm, kByte, kWord, kUnknown, kUnknown};
    return kRow[op & 7];
  }
  if (op < 0x60 || (op >= 0x6c && op <= 0x6f)) return kNothing;
  if (op >= 0x70 && op <= 0x7f) return kByte;
  if (op >= 0x84 && op <= 0x8f) return kModRm;
  if (op >= 0xb0 && op <= 0xb7) return kByte;
  if (op >= 0xd8 && op <= 0xdf) return kModRm;
  if (op >= 0xe0 && op <= 0xe7) return kByte;
  if (is_one_of(op, "\x63\xd0\xd1\xd2\xd3\xf6\xf7\xfe\xff")) return kModRm;
  if (is_one_of(op, "\x6b\x80\x83\xc0\xc1\xc6")) return kModRm | kByte;
  if (is_one_of(op, "\x69\x81\xc7")) return kModRm | kWord;
  if (is_one_of(op, "\x6a\xa8\xcd\xeb")) return kByte;
  if (is_one_of(op, "\x68\xa9\xe8\xe9") || (op >= 0xb8 && op <= 0xbf)) return kWord;
  if (is_one_of(op, "\x60\x61\x62\x82\x9a\xce\xd4\xd5\xd6\xea")) return kUnknown;
  return kNothing;
}

unsigned follows_0f(uint8_t op) {
  if (op >= 0x80 && op <= 0x8f) return kWord;
  if ((op >= 0x30 && op <= 0x37) || (op >= 0xc8 && op <= 0xcf)) return kNothing;
  if (is_one_of(op, "\x05\x06\x07\x08\x09\x0b\x0e\x77\xa0\xa1\xa2\xa8\xa9\xaa")) return kNothing;
  if (is_one_of(op, "\x0f\x70\x71\x72\x73\xa4\xac\xba\xc2\xc4\xc5\xc6")) return kModRm | kByte;
  if (is_one_of(op, "\x04\x0a\x0c\x24\x25\x26\x27\x39\x3b\x3c\x3d\x3e\x3f\xa6\xa7")) return kUnknown;
  return kModRm;
}

// Opcodes behind a VEX or EVEX prefix, by map.
unsigned follows_vex(unsigned map, uint8_t op) {
  if (map == 1 && op == 0x77) return kNothing;
  if (map == 1) return is_one_of(op, "\x70\x71\x72\x73\xc2\xc4\xc5\xc6") ? kModRm | kByte : kModRm;
  if (map == 3) return kModRm | kByte;
  if (map == 2 || map == 5 || map == 6) return kModRm;
  return kUnknown;
}

unsigned take_vex(Cursor& cursor, uint8_t escape) {
  unsigned map = 1;
  if (escape == 0xc4) map = cursor.peek() & 0x1f;
  if (escape == 0x62) map = cursor.peek() & 7;
  cursor.skip(escape == 0xc5 ? 1 : escape == 0xc4 ? 2 : 3);
  return follows_vex(map, cursor.take());
}

unsigned take_0f(Cursor& cursor, const Prefixes& prefixes) {
  uint8_t op = cursor.take();
  if (op == 0x38 || op == 0x3a) {
    cursor.skip(1);
    return op == 0x38 ? kModRm : kModRm | kByte;
  }
  if (op == 0x78 && (prefixes.operand || prefixes.repne)) cursor.skip(2);  // extrq and insertq have two bytes more
  return follows_0f(op);
}

unsigned take_one_byte(Cursor& cursor, uint8_t op, const Prefixes& prefixes) {
  if (op == 0xc8) cursor.skip(3);
  if (op == 0xc2 || op == 0xca) cursor.skip(2);
  if (op >= 0xa0 && op <= 0xa3) cursor.skip(prefixes.address ? 4 : 8);
  if (op >= 0xb8 && op <= 0xbf && prefixes.wide) cursor.skip(4);
  if (op == 0x8f && (cursor.peek() & 0x38) != 0) return kUnknown;  // XOP
  unsigned follows = follows_one_byte(op);
  bool tests = (op == 0xf6 || op == 0xf7) && (cursor.peek() & 0x30) == 0;
  return tests ? follows | (op == 0xf6 ? kByte : kWord) : follows;
}

}  // namespace

unsigned x86_length(std::string_view code) {
  Cursor cursor{code};
  Prefixes prefixes = take_prefixes(cursor);
  uint8_t op = cursor.take();
  bool is_jump = op == 0xe8 || op == 0xe9;  // whose distance has four bytes always
  unsigned follows;
  if (op == 0xc4 || op == 0xc5 || op == 0x62) {
    follows = take_vex(cursor, op);
  } else if (op == 0x0f) {
    is_jump = (cursor.peek() & 0xf0) == 0x80;
    follows = take_0f(cursor, prefixes);
  } else {
    follows = take_one_byte(cursor, op, prefixes);
  }
  if (follows & kUnknown) return 0;
  if (follows & kModRm) skip_operand(cursor);
  if (follows & kByte) cursor.skip(1);
  if (follows & kWord) cursor.skip(prefixes.operand && !prefixes.wide && !is_jump ? 2 : 4);
  return cursor.cut || cursor.at > 15 ? 0 : static_cast<unsigned>(cursor.at);
}

unsigned x86_unprobeable_vector_length(std::string_view code) {
  auto byte = [&](size_t at) { return at < code.size() ? static_cast<uint8_t>(code[at]) : 0; };
  bool is_short = byte(0) == 0xc5, is_long = byte(0) == 0xc4 && (byte(1) & 0x1f) == 1;  // map 0F
  if (!is_short && !is_long) return 0;
  uint8_t op = byte(is_short ? 2 : 3);
  bool refused = (op >= 0x60 && op <= 0x62) || (op >= 0x6c && op <= 0x6f) || (op >= 0xd4 && op <= 0xd6) ||
                 (op >= 0xe4 && op <= 0xe7) || (op >= 0xec && op <= 0xef);
  return refused ? x86_length(code) : 0;
}

std::optional<bool> starts_instruction(std::string_view function, uint64_t offset, uint16_t machine) {
  if (machine == EM_AARCH64) return offset % 4 == 0;
  if (machine != EM_X86_64) return std::nullopt;
  uint64_t at = 0;
  while (at < offset && at < function.size()) {
    unsigned length = x86_length(function.substr(at));
    if (length == 0) return std::nullopt;
    at += length;
  }
  return at < offset ? std::nullopt : std::optional(at == offset);
}

}  // namespace sonde::elf
