// Bytes of a map or an event as text, by the type that the spec gives them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "spec/spec.h"

namespace sonde::tool {

// Numbers in decimal, pointers in hexadecimal, enumerators by name, char arrays as text, records as {a=1, b=2}. What
// lies beyond the end of `bytes` is "-". Nothing in the result can control a terminal.
std::string value_text(const spec::Spec& spec, spec::TypeId type, std::string_view bytes);

// The same for one field of a record, bit-fields included; `bytes` are the record's.
std::string field_text(const spec::Spec& spec, const spec::Field& field, std::string_view bytes);

// The bytes without a type.
std::string hex_text(std::string_view bytes);
std::optional<std::string> bytes_of_hex(std::string_view hex);  // nullopt: not an even number of the digits 0-9 and a-f

// Text up to the first zero byte; what is not printable UTF-8 as \xNN.
std::string safe_text(std::string_view bytes);

// A field of a CSV line (RFC 4180).
std::string csv_text(const std::string& text);

bool is_text(const spec::Spec& spec, const spec::Type& type);  // an array of char
bool is_number(const spec::Type& type);                        // shown flush right
uint64_t unsigned_at(std::string_view bytes, size_t size);     // little or big endian as this machine; size at most 8
int64_t signed_at(std::string_view bytes, size_t size);

}  // namespace sonde::tool
