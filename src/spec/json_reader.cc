#include "spec/json_reader.h"

#include <algorithm>

namespace sonde::spec {

using nlohmann::json;

Result<json> parse_object(std::string_view text, const char* what) {
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return base::fail(ErrorKind::kInvalid, fmt::format("{} is not JSON", what));
  if (!parsed.is_object()) return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a JSON object", what));
  return parsed;
}

JsonReader::JsonReader(const json& object, const JsonReader* parent, const char* key, long index, Status& status)
    : object_(object), parent_(parent), key_(key), index_(index), status_(status) {
  if (ok() && !object_.is_object()) {
    status_ = base::fail(ErrorKind::kInvalid, fmt::format("{} is not an object", where()));
  }
}

std::string JsonReader::where() const {
  std::string place = parent_ ? fmt::format("{}.{}", parent_->where(), key_) : key_;
  return index_ < 0 ? place : fmt::format("{}[{}]", place, index_);
}

void JsonReader::fail(std::string_view key, const char* wanted) {
  if (ok()) status_ = base::fail(ErrorKind::kInvalid, fmt::format("{}.{} is not {}", where(), key, wanted));
}

const json* JsonReader::find(const char* key) const {
  if (!ok()) return nullptr;
  auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void JsonReader::get(const char* key, std::string& out) {
  const json* value = find(key);
  if (!value) return;
  if (!value->is_string()) return fail(key, "a string");
  out = value->get_ref<const std::string&>();
}

void JsonReader::get(const char* key, bool& out) {
  const json* value = find(key);
  if (!value) return;
  if (!value->is_boolean()) return fail(key, "true or false");
  out = value->get<bool>();
}

void JsonReader::get(const char* key, std::vector<std::string>& out) {
  const json* value = find(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "an array of strings");
  for (const json& element : *value) {
    if (!element.is_string()) return fail(key, "an array of strings");
    out.push_back(element.get_ref<const std::string&>());
  }
}

void JsonReader::get(const char* key, std::vector<std::vector<std::string>>& out) {
  const json* value = find(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "an array of arrays of strings");
  for (const json& list : *value) {
    bool strings =
        list.is_array() && std::all_of(list.begin(), list.end(), [](const json& each) { return each.is_string(); });
    if (!strings) return fail(key, "an array of arrays of strings");
    out.push_back(list.get<std::vector<std::string>>());
  }
}

void JsonReader::get(const char* key, std::vector<uint32_t>& out) {
  const json* value = find(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "an array of numbers");
  for (const json& element : *value) {
    if (!to_integer(element, out.emplace_back())) return fail(key, "an array of numbers");
  }
}

}  // namespace sonde::spec
