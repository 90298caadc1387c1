// The JSON schema of what a tool prints with --json (https://json-schema.org/draft/2020-12/schema).
#include "tool/run/schema.h"

#include <linux/bpf.h>

#include <optional>

#include "tool/formats/json_line.h"
#include "tool/formats/value_json.h"
#include "tool/formats/value_type.h"
#include "tool/views/columns.h"
#include "tool/views/custom_view.h"
#include "tool/views/map_label.h"

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

// A field's value, or null where the event ends before it.
ordered_json or_null(ordered_json property) {
  if (property["type"].is_string()) property["type"] = {property["type"], "null"};
  return property;
}

void add_plain_column(const spec::Spec& spec, const ColumnField& column, ordered_json& properties,
                      ordered_json& required) {
  const std::string& name = column.field.name;
  if (column.style.is_raw) properties[name] = {{"type", "string"}, {"description", "its bytes in hexadecimal"}};
  else add_property(spec, column.field.type, name, properties);
  properties[name] = or_null(properties[name]);
  required.push_back(name);
}

ordered_json of_rows(const spec::Spec& spec, const Rows& rows) {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const ColumnField& column : rows.columns) add_plain_column(spec, column, properties, required);
  if (rows.columns.empty()) add_columns(spec, rows.row, properties, required);
  return object_of(properties, required);
}

// Of what has no type, the bytes in hexadecimal.
void add_plain(const spec::Spec& spec, std::optional<spec::TypeId> type, const std::string& name,
               ordered_json& properties) {
  if (type) add_property(spec, *type, name, properties);
  else properties[name] = {{"type", "string"}};
}

bool is_per_cpu(const spec::Map& map) {
  return map.type == BPF_MAP_TYPE_PERCPU_ARRAY || map.type == BPF_MAP_TYPE_PERCPU_HASH ||
         map.type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

// What is not an integer has a value for each CPU where the map does.
ordered_json of_entries(const spec::Spec& spec, const spec::Map& map) {
  ordered_json properties = ordered_json::object();
  add_plain(spec, map.key, "key", properties);
  add_plain(spec, map.value, "value", properties);
  bool is_integer = properties["value"]["type"] == "integer";
  if (is_per_cpu(map) && !is_integer) properties["value"] = {{"type", "array"}, {"items", properties["value"]}};
  return object_of(properties, {"key", "value"});
}

ordered_json of_map_stacks() {
  ordered_json properties = {{"stack", {{"type", "integer"}}}, {"pid", {{"type", "integer"}}}};
  add_text_property(properties, "frames", /*is_list=*/true);
  return object_of(properties, {"stack", "frames"});
}

ordered_json of_trace_lines() {
  ordered_json properties = ordered_json::object();
  add_text_property(properties, "trace");
  return object_of(properties, {"trace"});
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
  if (table.as_stack_map) return of_map_stacks();
  if (table.as_entries && map) return of_entries(spec, *map);
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

// What the slots of a BPF_HISTOGRAM are of: the first of a key's fields, if it has more.
void add_slot_section(const spec::Spec& spec, spec::TypeId key, ordered_json& section) {
  const std::vector<spec::Field>& fields = spec.types[key].fields;
  if (fields.size() >= 2) add_property(spec, fields[0].type, fields[0].name, section);
}

ordered_json of_histogram(const spec::Spec& spec, const Histogram& histogram) {
  ordered_json section = ordered_json::object(), none = ordered_json::array();
  const spec::Map* map = map_of(spec, histogram.map);
  if (map && map->key && !histogram.is_by_slot) add_columns(spec, *map->key, section, none);
  if (map && map->key && histogram.is_by_slot) add_slot_section(spec, *map->key, section);
  ordered_json integer = {{"type", "integer"}};
  ordered_json bucket = object_of({{"low", integer}, {"high", integer}, {"count", integer}}, {"low", "high", "count"});
  ordered_json properties = {{"time", {{"type", "string"}}},
                             {"section", {{"type", "object"}, {"properties", section}}},
                             {"unit", {{"type", "string"}}},
                             {"count", integer},
                             {"total", integer},
                             {"buckets", {{"type", "array"}, {"items", bucket}}}};
  if (!histogram.is_by_slot) return object_of(properties, {"time", "unit", "count", "total", "buckets"});
  properties.erase("total");  // nobody knows it
  return object_of(properties, {"time", "unit", "count", "buckets"});
}

ordered_json of_losses() {
  ordered_json lost = object_of({{"what", {{"type", "string"}}}, {"count", {{"type", "integer"}}}}, {"what", "count"});
  return object_of({{"lost", lost}}, {"lost"});
}

// A field of the program's own that is called as the label stands in its place, as in the records.
ordered_json labelled(const std::string& map, ordered_json kind) {
  ordered_json properties{{kMapMember, {{"type", "string"}, {"const", map}}}};
  for (auto& [name, property] : kind["properties"].items()) properties[name] = std::move(property);
  kind["properties"] = std::move(properties);
  kind["required"].insert(kind["required"].begin(), kMapMember);
  return kind;
}

}  // namespace

ordered_json schema(const spec::Spec& spec, const Tool& tool) {
  ordered_json kinds = ordered_json::array();
  auto add = [&](const std::string& map, ordered_json kind) {
    kinds.push_back(tool.labels_records ? labelled(map, std::move(kind)) : std::move(kind));
  };
  for (const Rows& rows : tool.rows) {
    if (!rows.columns.empty() || !columns_of(spec, rows.row).empty()) add(rows.map, of_rows(spec, rows));
  }
  if (tool.has_trace_lines) add(kTracePipe, of_trace_lines());
  for (const Table& table : tool.tables) add(table.map, of_table(spec, table));
  if (const CustomView* own = tool.has_custom_view ? find_custom_view(tool.name) : nullptr)
    kinds.push_back(own->schema());
  for (const Histogram& histogram : tool.histograms) add(histogram.map, of_histogram(spec, histogram));
  kinds.push_back(of_losses());
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", tool.name},
          {"description", tool.summary},
          {"anyOf", kinds}};
}

}  // namespace sonde::tool
