// The columns of rows and tables: a header, and a row as a line of text, as JSON, as cells. How a column shows its
// values is settled when it is added, not looked up for each of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/declaration/tool.h"
#include "tool/formats/value_type.h"
#include "tool/outputs/record.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

// The bytes of a row, or of a table's key and value.
struct RowBytes {
  std::string_view first;
  std::string_view second = {};
};

// In JSON and CSV.
std::string name_of_computed(const ComputedColumn& column);

// In JSON: true where the column's value is not whole.
std::string name_of_cut(const std::string& column);

class Columns {
 public:
  // Those that the user's settings show.
  Columns(const spec::Spec& spec, const Settings& settings, FormatContext& formats)
      : spec_(spec), settings_(settings), formats_(formats) {}
  void add_first(spec::TypeId record) { add(record, 0); }
  void add_second(spec::TypeId record) { add(record, 1); }
  // Of the first part, called as its field is.
  void add_column(const ColumnField& column);
  // A name in the expression is a field of either part, or meminfo_NAME, kilobytes of /proc/meminfo. "time" alone is
  // when the report is made.
  void add_computed(const ComputedColumn& column);
  // What `expression` says of one record; NaN: it names what is not there.
  double computed(std::string_view expression, const RowBytes& row) const;
  void set_interval(double seconds) { interval_ = seconds; }

  bool empty() const { return cells_.empty(); }
  FormatContext& formats() const { return formats_; }
  std::string header() const;
  std::string line(const RowBytes& row) const;
  nlohmann::ordered_json json(const RowBytes& row) const;
  Cells names() const;
  // For spreadsheets: what is not whole is marked as in a line, for there is no other place for it.
  Cells cells(const RowBytes& row) const;
  // The values of columns that have few different ones, by their names: "comm", "disk". `all`: of all of the key.
  std::vector<std::pair<std::string, std::string>> labels(const RowBytes& row, bool all) const;
  // The numbers of columns that are amounts, in base units; their names, units and help.
  std::vector<Measure> amounts(const RowBytes& row) const;
  // Of the field `name`, in either part; NaN: there is none.
  double number(std::string_view name, const RowBytes& row) const;
  // Of the column `name`, as the line has it; empty: there is none.
  std::string text(std::string_view name, const RowBytes& row) const;

 private:
  struct Cell {
    ColumnStyle style;
    std::string name;
    spec::Field field;  // unless computed
    int part = 0;
    std::string expression;           // of a computed one
    const ValueType* type = nullptr;  // nullptr: by its bytes alone
    mutable size_t widest = 0;        // of the values so far, where the column grows

    bool is_below() const { return type && type->is_below; }
  };
  struct Named {
    std::string name;
    spec::Field field;
    int part;
  };

  void add(spec::TypeId record, int part);
  static std::string_view record_of(const Cell& cell, const RowBytes& row);
  static bool is_plain(const Cell& cell);
  std::string plain_text(const Cell& cell, const RowBytes& row) const;
  std::string text(const Cell& cell, const RowBytes& row) const;
  nlohmann::json json(const Cell& cell, const RowBytes& row) const;
  std::string_view bytes_of(const spec::Field& field, int part, const RowBytes& row) const;
  bool is_cut(const Cell& cell, const RowBytes& row) const;
  Value value_of(const Cell& cell, const RowBytes& row) const;
  void append(std::string& line, const Cell& cell, const std::string& text) const;

  const spec::Spec& spec_;
  const Settings& settings_;
  FormatContext& formats_;
  std::vector<Cell> cells_;
  std::vector<Named> names_;  // of all fields, shown or not
  double interval_ = 1;
};

}  // namespace sonde::tool
