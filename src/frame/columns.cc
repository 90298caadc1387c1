// The columns of rows and tables.
#include "frame/columns.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "frame/expression.h"
#include "frame/value_text.h"

namespace sonde::frame {
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
  uint64_t number = unsigned_at(bytes, std::min<size_t>(type.size, 8));
  if (!type.is_signed) return static_cast<double>(number);
  unsigned unused = 64 - 8 * std::min(type.size, 8u);
  return static_cast<double>(static_cast<int64_t>(number << unused) >> unused);
}

// A line of /proc/meminfo, "Cached:  181 kB".
double meminfo(std::string_view name) {
  std::string text = "\n" + base::read_file("/proc/meminfo").value_or("");
  size_t at = text.find(fmt::format("\n{}:", name));
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out + "\"";
}

// A list in CSV: as JSON has it, but with the very bytes of its texts; only quotes and backslashes are escaped.
std::string unescaped_list(const nlohmann::json& value) {
  if (!value.is_structured()) return value.is_string() ? quoted(value.get_ref<const std::string&>()) : value.dump();
  std::string text;
  for (const auto& [name, member] : value.items()) {
    text +=
        (text.empty() ? "" : ",") + (value.is_object() ? quoted(name) + ":" : std::string()) + unescaped_list(member);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
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
    if (!choices_.hold(column.style.conditions)) continue;
    std::string name = column.field.name;
    for (const auto& [option, width] : column.style.widths) {
      if (!choices_.on(option)) continue;
      column.style.width = width;
      if (column.style.cut) column.style.cut = static_cast<size_t>(std::abs(width));
    }
    cells_.push_back({std::move(column.style), std::move(name), std::move(column.field), part, ""});
  }
}

void Columns::add_computed(const ComputedColumn& column) {
  if (!choices_.hold(column.style.conditions)) return;
  cells_.push_back({column.style, name_of_computed(column), {}, 0, column.expression});
}

std::string_view Columns::bytes_of(const spec::Field& field, int part, const Record& record) const {
  std::string_view bytes = part == 0 ? record.first : record.second;
  size_t at = std::min<size_t>(field.offset_bits / 8, bytes.size());
  return bytes.substr(at, spec_.types[field.type].size);
}

double Columns::number(std::string_view name, const Record& record) const {
  if (name == "interval") return interval_;
  if (name.starts_with("meminfo_")) return meminfo(name.substr(8));
  for (const Named& each : names_) {
    if (each.name == name) return as_double(spec_.types[each.field.type], bytes_of(each.field, each.part, record));
  }
  return std::nan("");
}

double Columns::computed(std::string_view expression, const Record& record) const {
  return evaluate(expression, [&](std::string_view name) { return number(name, record); }).value_or(std::nan(""));
}

std::string Columns::text(const Cell& cell, const Record& record) const {
  int digits = std::max(cell.style.digits, 0);
  if (cell.expression == "time") return surroundings_.now_clock();
  if (!cell.expression.empty()) return fmt::format("{:.{}f}", computed(cell.expression, record), digits);
  std::string_view bytes = bytes_of(cell.field, cell.part, record);
  if (cell.style.per_second) {
    return fmt::format("{:.{}f}", as_double(spec_.types[cell.field.type], bytes) / std::max(interval_, 1e-3), digits);
  }
  std::string text = text_of({spec_, cell.field.type, bytes, cell.style, surroundings_});
  if (cell.style.cut) cut(text, cell.style.cut);
  return text;
}

nlohmann::json Columns::value(const Cell& cell, const Record& record) const {
  if (cell.expression == "time") return surroundings_.now_iso();
  if (!cell.expression.empty()) return computed(cell.expression, record);
  return json_of({spec_, cell.field.type, bytes_of(cell.field, cell.part, record), cell.style, surroundings_});
}

bool Columns::is_cut(const Cell& cell, const Record& record) const {
  if (!cell.expression.empty()) return false;
  return frame::is_cut({spec_, cell.field.type, bytes_of(cell.field, cell.part, record), cell.style, surroundings_});
}

std::string Columns::text(std::string_view name, const Record& record) const {
  for (const Cell& cell : cells_) {
    if (cell.name == name) return text(cell, record);
  }
  return "";
}

bool Columns::is_below(const Cell& cell) const {
  if (!cell.expression.empty()) return false;
  const ValueType* type = find_value_type(spec_.types[cell.field.type].spelling);
  return type && type->is_below;
}

void Columns::append(std::string& line, const Cell& cell, const std::string& text) const {
  if (is_below(cell)) {
    line += text;
    return;
  }
  bool last = &cell == &cells_.back() || is_below(*(&cell + 1));
  size_t wanted = static_cast<size_t>(std::abs(cell.style.width)), width = width_of(text);
  size_t padding = wanted > width ? wanted - width : 0;
  if (cell.style.width > 0) line.append(padding, ' ');
  line += text;
  if (cell.style.width < 0 && !last) line.append(padding, ' ');
  if (!last) line += ' ';
}

std::string Columns::header() const {
  std::string line;
  for (const Cell& cell : cells_) {
    std::string title = cell.style.title;
    if (size_t at = title.find("{zone}"); at != std::string::npos) title.replace(at, 6, surroundings_.zone());
    if (!is_below(cell)) append(line, cell, title);
  }
  return line;
}

std::string Columns::line(const Record& record) const {
  std::string line;
  for (const Cell& cell : cells_) append(line, cell, cell.style.before + text(cell, record) + cell.style.after);
  return line;
}

nlohmann::ordered_json Columns::json(const Record& record) const {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const Cell& cell : cells_) {
    object[cell.name] = value(cell, record);
    if (is_cut(cell, record)) object[name_of_cut(cell.name)] = true;
  }
  return object;
}

std::string Columns::csv_header() const {
  std::string line;
  for (const Cell& cell : cells_) line += (line.empty() ? "" : ",") + csv_text(cell.name);
  return line;
}

std::string Columns::csv_line(const Record& record) const {
  std::string line;
  for (const Cell& cell : cells_) {
    // What is not whole is marked as in a line: there is no other place for it.
    nlohmann::json shown = is_cut(cell, record) ? nlohmann::json(text(cell, record)) : value(cell, record);
    std::string text = shown.is_string() ? shown.get<std::string>() : unescaped_list(shown);
    line += (&cell == &cells_.front() ? "" : ",") + csv_text(text);
  }
  return line;
}

}  // namespace sonde::frame
