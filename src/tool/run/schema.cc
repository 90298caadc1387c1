// The JSON schema of what a tool prints with --json (https://json-schema.org/draft/2020-12/schema).
#include "tool/run/schema.h"

#include "tool/views/columns.h"
#include "tool/formats/json_line.h"
#include "tool/views/custom_view.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

using nlohmann::ordered_json;

ordered_json object_of(ordered_json properties, ordered_json required) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

// Adds the columns of `record`; those that an option hides are not required.
void add_columns(const spec::Spec& spec, spec::TypeId record, ordered_json& properties, ordered_json& required) {
  for (const ColumnField& column : columns_of(spec, record)) {
    const std::string& name = column.field.name;
    add_json_property(spec, column.field.type, name, properties);
    properties[name]["title"] = column.style.title;
    if (can_be_cut(spec, column.field.type)) {
      properties[name_of_cut(name)] = {
          {"type", "boolean"}, {"const", true}, {"description", fmt::format("{} is not whole", name)}};
    }
    if (column.style.conditions.empty()) required.push_back(name);
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

// Stacks that an option leaves out are not required.
ordered_json of_stacks(const spec::Spec& spec, spec::TypeId key) {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const spec::Field& field : spec.types[key].fields) {
    bool is_stack = spec.types[field.type].spelling.ends_with("_stack_t");
    if (is_stack) {
      add_text_property(properties, field.name, /*is_list=*/true);
      continue;
    }
    add_json_property(spec, field.type, field.name, properties);
    required.push_back(field.name);
  }
  properties["value"] = {{"type", "integer"}};
  required.push_back("value");
  return object_of(properties, required);
}

ordered_json of_table(const spec::Spec& spec, const Table& table) {
  const spec::Map* map = map_of(spec, table.map);
  if (table.as_stacks && map && map->key) return of_stacks(spec, *map->key);
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  if (map && map->key) add_columns(spec, *map->key, properties, required);
  if (map && map->value) add_columns(spec, *map->value, properties, required);
  for (const ComputedColumn& column : table.computed) {
    const char* type = column.expression == "time" ? "string" : "number";
    properties[name_of_computed(column)] = {{"type", type}, {"title", column.style.title}};
  }
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
  for (const Rows& rows : tool.rows) {
    if (!columns_of(spec, rows.row).empty()) kinds.push_back(of_rows(spec, rows));
  }
  for (const Table& table : tool.tables) kinds.push_back(of_table(spec, table));
  if (const CustomView* own = tool.has_custom_view ? find_custom_view(tool.name) : nullptr)
    kinds.push_back(own->schema());
  for (const Histogram& histogram : tool.histograms) kinds.push_back(of_histogram(spec, histogram));
  kinds.push_back(of_losses());
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", tool.name}, {"description", tool.summary}, {"anyOf", kinds}};
}

}  // namespace sonde::tool
