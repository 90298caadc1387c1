// Events of one perf or ring buffer as rows.
#include "cmd/event_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "tool/text/value_text.h"

namespace sonde::cmd {

using namespace tool;

namespace {

using spec::Type;
using spec::TypeKind;

constexpr size_t kMaxColumns = 64;

// What most values of a type fit into; a wider one widens its column.
size_t usual_width(const spec::Spec& spec, const Type& type) {
  if (is_text(spec, type)) return std::min<size_t>(type.count, 16);
  if (type.kind == TypeKind::kPointer) return 18;
  if (type.kind == TypeKind::kInt) return type.size <= 1 ? 3 : type.size <= 2 ? 5 : type.size <= 4 ? 7 : 15;
  return 5;
}

// Columns on a terminal, taking every character for one.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

EventRows::EventRows(const spec::Spec& spec, const spec::Map& map) : spec_(spec) {
  if (map.event) add_columns(*map.event, "", 0);
}

void EventRows::add_columns(spec::TypeId id, const std::string& prefix, uint32_t offset_bits) {
  const Type& type = spec_.types[id];
  if (type.kind != TypeKind::kStruct && type.kind != TypeKind::kUnion) {
    return add_column("value", {.name = "value", .type = id, .offset_bits = offset_bits});
  }
  for (spec::Field field : type.fields) {
    field.offset_bits += offset_bits;
    std::string name = prefix + safe_text(field.name);
    const Type& inner = spec_.types[field.type];
    if (inner.kind == TypeKind::kStruct || inner.kind == TypeKind::kUnion) {
      add_columns(field.type, field.name.empty() ? prefix : name + ".", field.offset_bits);
    } else {
      add_column(name, field);
    }
  }
}

void EventRows::add_column(const std::string& name, spec::Field field) {
  if (columns_.size() >= kMaxColumns) return;
  const Type& type = spec_.types[field.type];
  size_t width = std::max(name.size(), usual_width(spec_, type));
  columns_.push_back({name, std::move(field), is_number(type), width});
}

void EventRows::append(std::string& line, const std::string& text, const Column& column, bool last) {
  size_t width = width_of(text);
  size_t padding = column.width > width ? column.width - width : 0;
  if (column.right) line.append(padding, ' ');
  line += text;
  if (!column.right && !last) line.append(padding, ' ');
  if (!last) line += "  ";
}

std::string EventRows::header() const {
  if (columns_.empty()) return "event";
  std::string line;
  for (const Column& column : columns_) append(line, column.name, column, &column == &columns_.back());
  return line;
}

std::string EventRows::row(std::string_view event) {
  if (columns_.empty()) return hex_text(event);
  std::string line;
  for (Column& column : columns_) {
    std::string text = field_text(spec_, column.field, event);
    append(line, text, column, &column == &columns_.back());
    column.width = std::max(column.width, width_of(text));
  }
  return line;
}

}  // namespace sonde::cmd
