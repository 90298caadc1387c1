// How values are shown and read.
#include "tool/formats/value_type.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "tool/formats/json_line.h"
#include "tool/formats/texts.h"
#include "tool/formats/value_json.h"
#include "tool/formats/value_types.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

std::vector<const ValueType*>& added_types() {
  static std::vector<const ValueType*> types;
  return types;
}

Range range_of(const spec::Type& type) {
  unsigned bits = std::min(type.size * 8, 64u);
  uint64_t most = UINT64_MAX >> (64 - bits + type.is_signed);
  return {type.is_signed ? -static_cast<int64_t>(most) - 1 : 0, most};
}

Result<std::string> parse_number(std::string_view text, const spec::Type& type, const Range& range) {
  ASSIGN_OR_RETURN(uint64_t number, number_in(range, text));
  return bytes_of(number, type.size);
}

bool is_text_array(const spec::Spec& spec, spec::TypeId type) {
  return is_text(spec, spec.types[type]) && spec.types[type].size > kLongestName;
}

bool is_whole_array(const Value& value) {
  return is_text_array(value.spec, value.type) && value.bytes.size() == value.spec.types[value.type].size;
}

}  // namespace

uint64_t Value::number() const { return unsigned_at(bytes, std::min<size_t>(spec.types[type].size, 8)); }

int64_t Value::signed_number() const { return signed_at(bytes, spec.types[type].size); }

void add_value_types(std::span<const ValueType> types) {
  for (const ValueType& type : types) added_types().push_back(&type);
}

const ValueType* find_value_type(std::string_view name) {
  auto find = [&](std::span<const ValueType* const> types) -> const ValueType* {
    auto found = std::find_if(types.begin(), types.end(), [&](const ValueType* type) { return name == type->name; });
    return found == types.end() ? nullptr : *found;
  };
  const ValueType* shared = find(value_types());
  return shared ? shared : find(added_types());
}

bool can_be_cut(const spec::Spec& spec, spec::TypeId type) {
  const ValueType* known = find_value_type(spec.types[type].spelling);
  return known ? known->is_cut != nullptr : is_text_array(spec, type);
}

bool is_cut(const Value& value, const ValueType* type) {
  if (type) return type->is_cut && type->is_cut(value);
  return is_whole_array(value) && text_of_array(value.bytes).is_cut();
}

std::string text_of(const Value& value) {
  return text_of(value, find_value_type(value.spec.types[value.type].spelling));
}

std::string text_of(const Value& value, const ValueType* type) {
  if (type && type->text) return type->text(value);
  if (is_whole_array(value)) return shown_text(text_of_array(value.bytes));
  return value_text(value.spec, value.type, value.bytes);
}

nlohmann::json json_of(const Value& value, const ValueType* type) {
  if (type && type->json) return type->json(value);
  if (type && type->text && type->json_type && type->json_type == std::string_view("string")) return type->text(value);
  return value_json(value.spec, value.type, value.bytes);
}

void add_json_property(const spec::Spec& spec, spec::TypeId type, const std::string& name,
                       nlohmann::ordered_json& properties) {
  const ValueType* known = find_value_type(spec.types[type].spelling);
  std::string_view json_type = known && known->json_type ? known->json_type : "";
  if (json_type.empty()) add_property(spec, type, name, properties);
  else if (json_type == "text" || json_type == "texts")
    add_text_property(properties, name, json_type == "texts", known->has_unread);
  else properties[name] = {{"type", json_type}};
}

Result<std::string> parse_value(const spec::Spec& spec, spec::TypeId id, std::string_view text,
                                const std::optional<Range>& range) {
  const spec::Type& type = spec.types[id];
  const ValueType* known = find_value_type(type.spelling);
  if (known && known->parse) return known->parse(text, type.size);
  if (!is_text(spec, type)) return parse_number(text, type, range.value_or(range_of(type)));
  if (text.size() < type.size) return std::string(text);
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{} is longer than {} characters", safe_text(text), type.size - 1));
}

std::string name_of(std::span<const Name> names, int64_t value) {
  auto found = std::find_if(names.begin(), names.end(), [&](const Name& each) { return each.value == value; });
  return found == names.end() ? fmt::format("{}", value) : found->name;
}

Result<int64_t> value_of_name(std::span<const Name> names, std::string_view text, const char* what) {
  for (const Name& each : names) {
    if (text == each.name) return each.value;
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return number;
  return base::fail(ErrorKind::kInvalid, fmt::format("there is no {} {}", what, safe_text(text)));
}

std::string bytes_of(uint64_t number, size_t size) {
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &number, std::min(size, sizeof number));
  return bytes;
}

}  // namespace sonde::tool
