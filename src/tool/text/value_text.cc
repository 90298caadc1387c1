// Bytes of a map or an event as text.
#include "tool/text/value_text.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "tool/text/utf8.h"

namespace sonde::tool {

namespace {

using spec::Type;
using spec::TypeId;
using spec::TypeKind;

constexpr const char* kMissing = "-";
constexpr uint32_t kMaxElements = 64;  // of an array, then "…"

int64_t sign_extended(uint64_t value, unsigned bits) {
  if (bits == 0 || bits >= 64) return static_cast<int64_t>(value);
  uint64_t sign = uint64_t{1} << (bits - 1);
  value &= (sign << 1) - 1;
  return static_cast<int64_t>((value ^ sign) - sign);
}

std::string enumerator_text(const Type& type, int64_t value) {
  for (const spec::Enumerator& enumerator : type.enumerators) {
    if (enumerator.value == value) return safe_text(enumerator.name);
  }
  return fmt::format("{}", value);
}

// An integer, enumerator, boolean or character of `bits` bits.
std::string scalar_text(const Type& type, uint64_t value, unsigned bits) {
  int64_t extended = type.is_signed ? sign_extended(value, bits) : static_cast<int64_t>(value);
  if (type.kind == TypeKind::kBool) return value ? "true" : "false";
  if (type.kind == TypeKind::kEnum) return enumerator_text(type, extended);
  if (type.kind == TypeKind::kPointer) return fmt::format("{:#x}", value);
  if (type.kind == TypeKind::kChar && type.name == "char" && value >= ' ' && value < 0x7f)
    return {static_cast<char>(value)};
  return type.is_signed ? fmt::format("{}", extended) : fmt::format("{}", value);
}

// 128 bits and whatever else has no decimal form here: hexadecimal, most significant digit first.
std::string wide_text(std::string_view bytes) {
  std::string digits;
  for (size_t i = 0; i < bytes.size(); ++i) {
    size_t at = std::endian::native == std::endian::little ? bytes.size() - 1 - i : i;
    digits += fmt::format("{:02x}", static_cast<unsigned char>(bytes[at]));
  }
  size_t first = digits.find_first_not_of('0');
  return "0x" + (first == std::string::npos ? "0" : digits.substr(first));
}

std::string float_text(std::string_view bytes) {
  if (bytes.size() == sizeof(float))
    return fmt::format("{}", std::bit_cast<float>(static_cast<uint32_t>(unsigned_at(bytes, 4))));
  if (bytes.size() == sizeof(double)) return fmt::format("{}", std::bit_cast<double>(unsigned_at(bytes, 8)));
  return wide_text(bytes);
}

std::string array_text(const spec::Spec& spec, const Type& type, std::string_view bytes) {
  if (is_text(spec, type)) return safe_text(bytes);
  const Type& element = spec.types[type.element];
  if (element.kind == TypeKind::kChar) return hex_text(bytes);
  std::string text = "[";
  for (uint32_t i = 0; i < type.count && i < kMaxElements; ++i) {
    size_t at = size_t{i} * element.size;
    text += (i ? ", " : "") + value_text(spec, type.element, at < bytes.size() ? bytes.substr(at) : "");
  }
  return text + (type.count > kMaxElements ? ", …]" : "]");
}

std::string record_text(const spec::Spec& spec, const Type& type, std::string_view bytes) {
  std::string text;
  for (const spec::Field& field : type.fields) {
    if (!text.empty()) text += ", ";
    std::string name = field.name.empty() ? "" : safe_text(field.name) + "=";
    bool quoted = is_text(spec, spec.types[field.type]);
    text += name + (quoted ? "\"" : "") + field_text(spec, field, bytes) + (quoted ? "\"" : "");
  }
  return "{" + text + "}";
}

uint64_t bits_at(std::string_view bytes, uint32_t offset, uint32_t bits) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bits; ++i) {
    uint32_t at = offset + i;
    unsigned byte = static_cast<unsigned char>(bytes[at / 8]);
    if constexpr (std::endian::native == std::endian::little) {
      value |= uint64_t{byte >> at % 8 & 1} << i;
    } else {
      value = value << 1 | (byte >> (7 - at % 8) & 1);
    }
  }
  return value;
}

// Of what a terminal shows: neither ASCII's control characters nor those of Unicode's C1 block.
size_t shown_length(std::string_view text) {
  size_t length = utf8_length(text);
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  bool is_control =
      (length == 1 && (byte(0) < ' ' || byte(0) == 0x7f)) || (length == 2 && byte(0) == 0xc2 && byte(1) < 0xa0);
  return is_control ? 0 : length;
}

}  // namespace

uint64_t unsigned_at(std::string_view bytes, size_t size) {
  uint64_t value = 0;
  size = std::min({size, bytes.size(), sizeof value});
  size_t skip = std::endian::native == std::endian::little ? 0 : sizeof value - size;
  std::memcpy(reinterpret_cast<char*>(&value) + skip, bytes.data(), size);
  return value;
}

int64_t signed_at(std::string_view bytes, size_t size) {
  return sign_extended(unsigned_at(bytes, size), static_cast<unsigned>(std::min<size_t>(size, 8)) * 8);
}

std::string safe_text(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\0'));
  std::string text;
  while (!bytes.empty()) {
    size_t length = shown_length(bytes);
    if (length) {
      text += bytes.substr(0, length);
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    }
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return text;
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  std::string bytes;
  if (hex.size() % 2) return std::nullopt;
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string hex_text(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

bool is_text(const spec::Spec& spec, const Type& type) {
  if (type.kind != TypeKind::kArray) return false;
  const Type& element = spec.types[type.element];
  return element.kind == TypeKind::kChar && element.name == "char";
}

bool is_number(const Type& type) {
  return type.kind == TypeKind::kInt || type.kind == TypeKind::kFloat || type.kind == TypeKind::kPointer ||
         (type.kind == TypeKind::kChar && type.name != "char");
}

std::string value_text(const spec::Spec& spec, TypeId id, std::string_view bytes) {
  const Type& type = spec.types[id];
  if (bytes.size() < type.size) return kMissing;
  bytes = bytes.substr(0, type.size);
  switch (type.kind) {
    case TypeKind::kVoid: return kMissing;
    case TypeKind::kFloat: return float_text(bytes);
    case TypeKind::kArray: return array_text(spec, type, bytes);
    case TypeKind::kStruct:
    case TypeKind::kUnion: return record_text(spec, type, bytes);
    default: return type.size > 8 ? wide_text(bytes) : scalar_text(type, unsigned_at(bytes, type.size), type.size * 8);
  }
}

std::string field_text(const spec::Spec& spec, const spec::Field& field, std::string_view bytes) {
  if (field.bits) {
    if (bytes.size() * 8 < uint64_t{field.offset_bits} + field.bits) return kMissing;
    return scalar_text(spec.types[field.type], bits_at(bytes, field.offset_bits, field.bits), field.bits);
  }
  size_t at = field.offset_bits / 8;
  return at > bytes.size() ? kMissing : value_text(spec, field.type, bytes.substr(at));
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace sonde::tool
