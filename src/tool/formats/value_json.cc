#include "tool/formats/value_json.h"

#include <bit>

#include "tool/formats/json_line.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using spec::Type;
using spec::TypeKind;

json float_json(std::string_view bytes) {
  if (bytes.size() == sizeof(float)) return std::bit_cast<float>(static_cast<uint32_t>(unsigned_at(bytes, 4)));
  return std::bit_cast<double>(unsigned_at(bytes, 8));
}

json number_json(const Type& type, std::string_view bytes) {
  if (type.kind == TypeKind::kBool) return unsigned_at(bytes, type.size) != 0;
  if (!type.is_signed) return unsigned_at(bytes, type.size);
  return signed_at(bytes, type.size);
}

json list_json(const spec::Spec& spec, const Type& type, std::string_view bytes) {
  json list = json::array();
  size_t step = spec.types[type.element].size;
  for (size_t i = 0; i < type.count && step > 0 && (i + 1) * step <= bytes.size(); ++i) {
    list.push_back(value_json(spec, type.element, bytes.substr(i * step, step)));
  }
  return list;
}

// The text of a bit-field is its number, unless it is an enumerator.
json bits_json(const spec::Spec& spec, const spec::Field& field, std::string_view bytes) {
  if (bytes.size() * 8 < uint64_t{field.offset_bits} + field.bits) return nullptr;
  std::string text = field_text(spec, field, bytes);
  json number = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return number.is_discarded() ? json(text) : number;
}

json record_json(const spec::Spec& spec, const Type& type, std::string_view bytes) {
  json record = json::object();
  for (const spec::Field& field : type.fields) {
    json value = field_json(spec, field, bytes);
    if (!field.name.empty()) record[field.name] = std::move(value);
    else if (value.is_object()) record.update(value);  // an unnamed struct or union
  }
  return record;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out + "\"";
}

// As JSON, but with the very bytes of its texts; only quotes and backslashes are escaped.
std::string unescaped(const json& value) {
  if (!value.is_structured()) return value.is_string() ? quoted(value.get_ref<const std::string&>()) : value.dump();
  std::string text;
  for (const auto& [name, member] : value.items()) {
    text += (text.empty() ? "" : ",") + (value.is_object() ? quoted(name) + ":" : std::string()) + unescaped(member);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

}  // namespace

const char* json_type_of_bytes(const spec::Spec& spec, const Type& type) {
  switch (type.kind) {
    case TypeKind::kBool: return "boolean";
    case TypeKind::kFloat: return type.size <= 8 ? "number" : "string";
    case TypeKind::kStruct:
    case TypeKind::kUnion: return "object";
    case TypeKind::kArray:
      return is_text(spec, type) ? "text" : spec.types[type.element].kind == TypeKind::kChar ? "string" : "array";
    case TypeKind::kChar: return type.name == "char" ? "text" : "integer";
    default: return is_number(type) && type.size <= 8 ? "integer" : "string";
  }
}

json value_json(const spec::Spec& spec, spec::TypeId id, std::string_view bytes) {
  const Type& type = spec.types[id];
  if (bytes.size() < type.size || type.kind == TypeKind::kVoid) return nullptr;
  bytes = bytes.substr(0, type.size);
  std::string_view kind = json_type_of_bytes(spec, type);
  if (kind == "text") return std::string(bytes.substr(0, bytes.find('\0')));
  if (kind == "number") return float_json(bytes);
  if (kind == "integer" || kind == "boolean") return number_json(type, bytes);
  if (kind == "array") return list_json(spec, type, bytes);
  if (kind == "object") return record_json(spec, type, bytes);
  return value_text(spec, id, bytes);
}

json field_json(const spec::Spec& spec, const spec::Field& field, std::string_view bytes) {
  if (field.bits) return bits_json(spec, field, bytes);
  return value_json(spec, field.type, bytes.substr(std::min<size_t>(field.offset_bits / 8, bytes.size())));
}

std::string cell_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : unescaped(value);
}

void add_property(const spec::Spec& spec, spec::TypeId id, const std::string& name, ordered_json& properties) {
  const Type& type = spec.types[id];
  std::string_view kind = json_type_of_bytes(spec, type);
  if (kind == "text") return add_text_property(properties, name);
  ordered_json& property = properties[name] = {{"type", kind}};
  if (kind == "array") {
    ordered_json element;
    add_property(spec, type.element, "items", element);
    property["items"] = element["items"];
    if (element.contains(std::string("items") + kHexSuffix)) add_text_property(properties, name, true);
  }
  if (kind != "object") return;
  ordered_json& members = property["properties"] = ordered_json::object();
  for (const spec::Field& field : type.fields) {
    if (!field.name.empty()) {
      add_property(spec, field.type, field.name, members);
      continue;
    }
    ordered_json unnamed;
    add_property(spec, field.type, "", unnamed);
    if (unnamed[""].contains("properties")) members.update(unnamed[""]["properties"]);
  }
}

}  // namespace sonde::tool
