#include "tool/formats/json_line.h"

#include <algorithm>

#include <fmt/format.h>

#include "tool/text/utf8.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using nlohmann::ordered_json;

bool is_text(const ordered_json& value) { return value.is_string(); }
// null stands for one that could not be read.
bool is_text_or_null(const ordered_json& value) { return value.is_string() || value.is_null(); }
bool is_texts(const ordered_json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), is_text_or_null);
}

bool has_only_utf8(const ordered_json& value) {
  if (value.is_string()) return is_utf8(value.get_ref<const std::string&>());
  return !value.is_structured() || std::all_of(value.begin(), value.end(), has_only_utf8);
}

ordered_json in_hex(const ordered_json& value) {
  if (value.is_null()) return value;
  if (value.is_string()) return hex_text(value.get_ref<const std::string&>());
  ordered_json list = ordered_json::array();
  for (const ordered_json& each : value) list.push_back(in_hex(each));
  return list;
}

ordered_json made_valid(const ordered_json& value) {
  if (value.is_string()) return replaced_utf8(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  ordered_json valid = value.is_array() ? ordered_json::array() : ordered_json::object();
  for (const auto& [name, member] : value.items()) {
    if (value.is_array()) {
      valid.push_back(made_valid(member));
      continue;
    }
    valid[name] = made_valid(member);
    if ((is_text(member) || is_texts(member)) && !has_only_utf8(member)) valid[name + kHexSuffix] = in_hex(member);
  }
  return valid;
}

// U+007F to U+009F, which JSON lets stand and a terminal may obey.
std::string with_escaped_controls(std::string text) {
  auto control_at = [&](size_t at) -> size_t {
    auto byte = static_cast<unsigned char>(text[at]),
         next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
    return byte == 0x7f ? 1 : byte == 0xc2 && next >= 0x80 && next < 0xa0 ? 2 : 0;
  };
  for (size_t at = 0; at < text.size(); ++at) {
    size_t length = control_at(at);
    if (length == 0) continue;
    text.replace(at, length, fmt::format("\\u{:04x}", static_cast<unsigned char>(text[at + length - 1])));
  }
  return text;
}

}  // namespace

std::string json_line(const ordered_json& record) {
  return with_escaped_controls(has_only_utf8(record) ? record.dump() : made_valid(record).dump());
}

void add_text_property(ordered_json& properties, const std::string& name, bool is_list, bool has_unread) {
  ordered_json text = {{"type", "string"}}, hex = {{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}};
  auto shaped = [&](ordered_json each) {
    return is_list ? ordered_json{{"type", "array"}, {"items", std::move(each)}} : each;
  };
  if (has_unread) {
    text = {{"type", {"string", "null"}}, {"description", "null: it could not be read from memory"}};
    if (is_list) hex["type"] = {"string", "null"};
  }
  properties[name] = shaped(text);
  ordered_json& bytes = properties[name + kHexSuffix] = shaped(hex);
  bytes["description"] = fmt::format(
      "the bytes of {0} in hexadecimal; only there if they are not UTF-8, and {0} has U+FFFD for those that are not",
      name);
}

}  // namespace sonde::tool
