// The columns of rows and tables.
#include "tool/views/columns.h"

#include <algorithm>
#include <cmath>

#include "tool/formats/value_json.h"
#include "tool/text/expression.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

// Characters on a terminal, taking every one for one place.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// The first `characters` of UTF-8 text.
void cut(std::string& text, size_t characters) {
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xc0) != 0x80 && seen++ == characters) return text.resize(i);
  }
}

double as_double(const spec::Type& type, std::string_view bytes) {
  return type.is_signed ? static_cast<double>(signed_at(bytes, type.size))
                        : static_cast<double>(unsigned_at(bytes, type.size));
}

// A line of /proc/meminfo, "Cached:  181 kB".
double meminfo(FormatContext& formats, std::string_view name) {
  std::string text = "\n" + formats.file("/proc/meminfo");
  size_t at = text.find(fmt::format("\n{}:", name));
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

}  // namespace

std::string name_of_computed(const ComputedColumn& column) {
  std::string name;
  for (char c : column.style.title) {
    if (c == '%') name += "percent";
    else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') name += static_cast<char>(std::tolower(c));
  }
  return name;
}

std::string name_of_cut(const std::string& column) { return column + "_cut"; }

void Columns::add(spec::TypeId record, int part) {
  for (const spec::Field& field : fields_of(spec_, record)) names_.push_back({field.name, field, part});
  for (ColumnField& column : columns_of(spec_, record)) {
    if (!settings_.hold(column.style.conditions)) continue;
    std::string name = column.field.name;
    for (const auto& [option, width] : column.style.widths) {
      if (!settings_.on(option)) continue;
      column.style.width = width;
      if (column.style.cut) column.style.cut = static_cast<size_t>(std::abs(width));
    }
    const ValueType* type = find_value_type(spec_.types[column.field.type].spelling);
    cells_.push_back({std::move(column.style), std::move(name), std::move(column.field), part, "", type});
  }
}

void Columns::add_column(const ColumnField& column) {
  const ValueType* type = column.style.is_plain ? nullptr : find_value_type(spec_.types[column.field.type].spelling);
  cells_.push_back({column.style, column.field.name, column.field, 0, "", type});
}

void Columns::add_computed(const ComputedColumn& column) {
  if (!settings_.hold(column.style.conditions)) return;
  cells_.push_back({column.style, name_of_computed(column), {}, 0, column.expression});
}

std::string_view Columns::bytes_of(const spec::Field& field, int part, const RowBytes& row) const {
  std::string_view bytes = part == 0 ? row.first : row.second;
  size_t at = std::min<size_t>(field.offset_bits / 8, bytes.size());
  return bytes.substr(at, spec_.types[field.type].size);
}

double Columns::number(std::string_view name, const RowBytes& row) const {
  if (name == "interval") return interval_;
  if (name.starts_with("meminfo_")) return meminfo(formats_, name.substr(8));
  for (const Named& each : names_) {
    if (each.name == name) return as_double(spec_.types[each.field.type], bytes_of(each.field, each.part, row));
  }
  return std::nan("");
}

double Columns::computed(std::string_view expression, const RowBytes& row) const {
  return evaluate(expression, [&](std::string_view name) { return number(name, row); }).value_or(std::nan(""));
}

std::string_view Columns::record_of(const Cell& cell, const RowBytes& row) {
  return cell.part == 0 ? row.first : row.second;
}

// By its type in C alone: of a bit-field, whatever that is called.
bool Columns::is_plain(const Cell& cell) { return cell.style.is_plain || cell.field.bits != 0; }

std::string Columns::plain_text(const Cell& cell, const RowBytes& row) const {
  std::string_view record = record_of(cell, row);
  return cell.style.is_raw ? hex_text(record) : field_text(spec_, cell.field, record);
}

std::string Columns::text(const Cell& cell, const RowBytes& row) const {
  int digits = std::max(cell.style.digits, 0);
  if (cell.expression == "time") return formats_.now_clock();
  if (cell.style.is_raw) return plain_text(cell, row);
  if (!cell.expression.empty()) return fmt::format("{:.{}f}", computed(cell.expression, row), digits);
  std::string_view bytes = bytes_of(cell.field, cell.part, row);
  if (cell.style.per_second) {
    return fmt::format("{:.{}f}", as_double(spec_.types[cell.field.type], bytes) / std::max(interval_, 1e-3), digits);
  }
  std::string text = is_plain(cell) ? plain_text(cell, row) : text_of(value_of(cell, row), cell.type);
  if (cell.style.cut) cut(text, cell.style.cut);
  return text;
}

Value Columns::value_of(const Cell& cell, const RowBytes& row) const {
  return {spec_, cell.field.type, bytes_of(cell.field, cell.part, row), cell.style, formats_};
}

nlohmann::json Columns::json(const Cell& cell, const RowBytes& row) const {
  if (cell.expression == "time") return formats_.now_iso();
  if (!cell.expression.empty()) return computed(cell.expression, row);
  if (cell.style.is_raw) return plain_text(cell, row);
  if (is_plain(cell)) return field_json(spec_, cell.field, record_of(cell, row));
  return json_of(value_of(cell, row), cell.type);
}

bool Columns::is_cut(const Cell& cell, const RowBytes& row) const {
  if (!cell.expression.empty() || is_plain(cell)) return false;
  return tool::is_cut(value_of(cell, row), cell.type);
}

std::string Columns::text(std::string_view name, const RowBytes& row) const {
  for (const Cell& cell : cells_) {
    if (cell.name == name) return text(cell, row);
  }
  return "";
}

void Columns::append(std::string& line, const Cell& cell, const std::string& text) const {
  if (cell.is_below()) {
    line += text;
    return;
  }
  bool last = &cell == &cells_.back() || (&cell + 1)->is_below();
  size_t wanted = std::max(static_cast<size_t>(std::abs(cell.style.width)), cell.widest), width = width_of(text);
  if (cell.style.grows) cell.widest = std::max(cell.widest, width);
  size_t padding = wanted > width ? wanted - width : 0;
  if (cell.style.width > 0) line.append(padding, ' ');
  line += text;
  if (cell.style.width < 0 && !last) line.append(padding, ' ');
  if (!last) line += cell.style.grows ? "  " : " ";
}

std::string Columns::header() const {
  std::string line;
  for (const Cell& cell : cells_) {
    std::string title = cell.style.title;
    if (size_t at = title.find("{zone}"); at != std::string::npos) title.replace(at, 6, formats_.zone());
    if (!cell.is_below()) append(line, cell, title);
  }
  return line;
}

std::string Columns::line(const RowBytes& row) const {
  std::string line;
  for (const Cell& cell : cells_) append(line, cell, cell.style.before + text(cell, row) + cell.style.after);
  return line;
}

nlohmann::ordered_json Columns::json(const RowBytes& row) const {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const Cell& cell : cells_) {
    object[cell.name] = json(cell, row);
    if (is_cut(cell, row)) object[name_of_cut(cell.name)] = true;
  }
  return object;
}

Cells Columns::names() const {
  Cells names;
  for (const Cell& cell : cells_) names.push_back(cell.name);
  return names;
}

Cells Columns::cells(const RowBytes& row) const {
  Cells cells;
  for (const Cell& cell : cells_) {
    cells.push_back(cell_of(is_cut(cell, row) ? nlohmann::json(text(cell, row)) : json(cell, row)));
  }
  return cells;
}

std::vector<std::pair<std::string, std::string>> Columns::labels(const RowBytes& row, bool all) const {
  std::vector<std::pair<std::string, std::string>> labels;
  for (const Cell& cell : cells_) {
    if (!cell.expression.empty() || cell.style.is_raw || (all && cell.part != 0)) continue;
    const spec::Type& type = spec_.types[cell.field.type];
    bool has_few = cell.type ? cell.type->is_label : is_text(spec_, type) && type.size <= kLongestName;
    if (!all && !has_few) continue;
    nlohmann::json value = json(cell, row);
    labels.emplace_back(cell.name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return labels;
}

std::vector<Measure> Columns::amounts(const RowBytes& row) const {
  std::vector<Measure> amounts;
  for (const Cell& cell : cells_) {
    Measure measure{.name = cell.name, .help = fmt::format("Column {}.", cell.style.title)};
    if (cell.expression == "time" || is_plain(cell)) continue;
    if (!cell.expression.empty()) {
      measure.kind = Measure::Kind::kNow;  // a share or a rate: it cannot be added up
      measure.value = computed(cell.expression, row);
      if (measure.name.ends_with("_mb")) {  // Prometheus wants base units
        measure.name.resize(measure.name.size() - 3);
        measure.unit = "bytes";
        measure.value *= 1 << 20;
      }
      amounts.push_back(std::move(measure));
      continue;
    }
    std::string_view bytes = bytes_of(cell.field, cell.part, row);
    measure.value = as_double(spec_.types[cell.field.type], bytes);
    if (cell.type && cell.type->unit) {
      measure.unit = cell.type->unit;
      measure.value *= cell.type->scale;
    } else if (cell.part == 0 || cell.type || spec_.types[cell.field.type].kind != spec::TypeKind::kInt) {
      continue;
    }
    amounts.push_back(std::move(measure));
  }
  return amounts;
}

}  // namespace sonde::tool
