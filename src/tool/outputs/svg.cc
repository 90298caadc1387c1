// What the drawings of this folder share.
#include "tool/outputs/svg.h"

#include <fmt/format.h>

#include <cmath>

#include "tool/text/utf8.h"

namespace sonde::tool {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Bytes of the character at the start of `text`; 0: it is not UTF-8, or XML does not allow it.
size_t allowed_length(std::string_view text) {
  size_t length = utf8_length(text);
  bool is_control = length == 1 && static_cast<unsigned char>(text[0]) < 0x20 && text[0] != '\t' && text[0] != '\n';
  bool is_no_character = length == 3 && (text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF"));
  return is_control || is_no_character ? 0 : length;
}

std::string_view entity(char character) {
  switch (character) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t length = allowed_length(text);
    std::string_view escaped = entity(text.front());
    if (length == 0) out += kReplacement;
    else if (!escaped.empty()) out += escaped;
    else out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string coordinate(double value) {
  double rounded = std::round(value * 10) / 10;
  return rounded == std::floor(rounded) ? fmt::format("{:.0f}", rounded) : fmt::format("{:.1f}", rounded);
}

}  // namespace sonde::tool
