// The columns of rows and tables: a header, and a record as a line of text, as JSON, as CSV.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/choices.h"
#include "frame/tool.h"
#include "frame/value_type.h"

namespace sonde::frame {

// What a line shows: one record, or a table's key and value.
struct Record {
  std::string_view first;
  std::string_view second = {};
};

// In JSON and CSV.
std::string name_of_computed(const ComputedColumn& column);

// In JSON: true where the column's value is not whole.
std::string name_of_cut(const std::string& column);

class Columns {
 public:
  // Those that the user's choices show.
  Columns(const spec::Spec& spec, const Choices& choices, Surroundings& surroundings)
      : spec_(spec), choices_(choices), surroundings_(surroundings) {}
  void add_first(spec::TypeId record) { add(record, 0); }
  void add_second(spec::TypeId record) { add(record, 1); }
  // A name in the expression is a field of either part, or meminfo_NAME, kilobytes of /proc/meminfo. "time" alone is
  // when the report is made.
  void add_computed(const ComputedColumn& column);
  // What `expression` says of one record; NaN: it names what is not there.
  double computed(std::string_view expression, const Record& record) const;
  void set_interval(double seconds) { interval_ = seconds; }

  bool empty() const { return cells_.empty(); }
  std::string header() const;
  std::string line(const Record& record) const;
  nlohmann::ordered_json json(const Record& record) const;
  std::string csv_header() const;
  std::string csv_line(const Record& record) const;
  // Of the field `name`, in either part; NaN: there is none.
  double number(std::string_view name, const Record& record) const;
  // Of the column `name`, as the line has it; empty: there is none.
  std::string text(std::string_view name, const Record& record) const;

 private:
  struct Cell {
    ColumnStyle style;
    std::string name;
    spec::Field field;       // unless computed
    int part = 0;
    std::string expression;  // of a computed one
  };
  struct Named {
    std::string name;
    spec::Field field;
    int part;
  };

  void add(spec::TypeId record, int part);
  std::string text(const Cell& cell, const Record& record) const;
  nlohmann::json value(const Cell& cell, const Record& record) const;
  std::string_view bytes_of(const spec::Field& field, int part, const Record& record) const;
  bool is_cut(const Cell& cell, const Record& record) const;
  bool is_below(const Cell& cell) const;
  void append(std::string& line, const Cell& cell, const std::string& text) const;

  const spec::Spec& spec_;
  const Choices& choices_;
  Surroundings& surroundings_;
  std::vector<Cell> cells_;
  std::vector<Named> names_;  // of all fields, shown or not
  double interval_ = 1;
};

}  // namespace sonde::frame
