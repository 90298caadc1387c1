// Bytes of a map or an event as JSON, by the type that the spec gives them: data, where value_text.h is for people.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "spec/spec.h"

namespace sonde::tool {

// Numbers, enumerators by name, char arrays as text up to their first zero byte (their very bytes: json_line.h), other
// arrays of bytes in hexadecimal, other arrays as lists, records as objects. What lies beyond the end of `bytes` is
// null.
nlohmann::json value_json(const spec::Spec& spec, spec::TypeId type, std::string_view bytes);

// The same for one field of a record, bit-fields included; `bytes` are the record's.
nlohmann::json field_json(const spec::Spec& spec, const spec::Field& field, std::string_view bytes);

// As a cell of CSV: a text by its very bytes, a list or an object as JSON has it, but with the very bytes of its texts.
std::string cell_of(const nlohmann::json& value);

// "integer", "number", "boolean", "text", "string", "array" or "object".
const char* json_type_of_bytes(const spec::Spec& spec, const spec::Type& type);
// Adds the property that value_json() fills.
void add_property(const spec::Spec& spec, spec::TypeId type, const std::string& name,
                  nlohmann::ordered_json& properties);

}  // namespace sonde::tool
