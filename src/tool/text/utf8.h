// UTF-8 in bytes that may be anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::tool {

// Bytes of the character at the front, control characters included; 0: there is none, or it is not UTF-8.
size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);
// With U+FFFD for each byte that belongs to no character.
std::string replaced_utf8(std::string_view text);

}  // namespace sonde::tool
