// The JSON schema of what a tool prints with --json (https://json-schema.org/draft/2020-12/schema).
#include "frame/schema.h"

#include "frame/value_type.h"

namespace sonde::frame {
namespace {

using nlohmann::ordered_json;

ordered_json object_of(ordered_json properties, ordered_json required) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

// Adds the columns of `record`; those that an option hides are not required.
void add_columns(const spec::Spec& spec, spec::TypeId record, ordered_json& properties, ordered_json& required) {
  for (const ColumnField& column : columns_of(spec, record)) {
    std::string type = json_type_of(spec, column.field.type);
    ordered_json& property = properties[column.field.name] = {{"type", type == "strings" ? "array" : type}, {"title", column.style.title}};
    if (type == "strings") property["items"] = {{"type", "string"}};
    if (column.style.conditions.empty()) required.push_back(column.field.name);
  }
}

const spec::Map* map_of(const spec::Spec& spec, const std::string& name) {
  for (const spec::Map& map : spec.maps) {
    if (map.name == name) return &map;
  }
  return nullptr;
}

ordered_json of_rows(const spec::Spec& spec, const Rows& rows) {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  add_columns(spec, rows.row, properties, required);
  return object_of(properties, required);
}

ordered_json of_stacks() {
  ordered_json frames = {{"type", "array"}, {"items", {{"type", "string"}}}};
  ordered_json properties = {{"comm", {{"type", "string"}}}, {"pid", {{"type", "integer"}}}, {"kernel", frames}, {"user", frames},
                             {"value", {{"type", "integer"}}}};
  return object_of(properties, {"comm", "pid", "value"});
}

ordered_json of_table(const spec::Spec& spec, const Table& table) {
  if (table.as_stacks) return of_stacks();
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  const spec::Map* map = map_of(spec, table.map);
  if (map && map->key) add_columns(spec, *map->key, properties, required);
  if (map && map->value) add_columns(spec, *map->value, properties, required);
  return object_of(properties, required);
}

ordered_json of_histogram(const spec::Spec& spec, const Histogram& histogram) {
  ordered_json section = ordered_json::object(), none = ordered_json::array();
  const spec::Map* map = map_of(spec, histogram.map);
  if (map && map->key) add_columns(spec, *map->key, section, none);
  ordered_json integer = {{"type", "integer"}};
  ordered_json bucket = object_of({{"low", integer}, {"high", integer}, {"count", integer}}, {"low", "high", "count"});
  ordered_json properties = {{"time", {{"type", "string"}}},
                             {"section", {{"type", "object"}, {"properties", section}}},
                             {"unit", {{"type", "string"}}},
                             {"count", integer},
                             {"total", integer},
                             {"buckets", {{"type", "array"}, {"items", bucket}}}};
  return object_of(properties, {"time", "unit", "count", "total", "buckets"});
}

ordered_json of_losses() {
  ordered_json lost = object_of({{"what", {{"type", "string"}}}, {"count", {{"type", "integer"}}}}, {"what", "count"});
  return object_of({{"lost", lost}}, {"lost"});
}

}  // namespace

ordered_json schema(const spec::Spec& spec, const Tool& tool) {
  ordered_json kinds = ordered_json::array();
  for (const Rows& rows : tool.rows) kinds.push_back(of_rows(spec, rows));
  for (const Table& table : tool.tables) kinds.push_back(of_table(spec, table));
  for (const Histogram& histogram : tool.histograms) kinds.push_back(of_histogram(spec, histogram));
  kinds.push_back(of_losses());
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", tool.name}, {"description", tool.summary}, {"anyOf", kinds}};
}

}  // namespace sonde::frame
