// Events of one perf or ring buffer as rows: a column for each field, as wide as what it has held so far.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/spec.h"

namespace sonde::cmd {

class EventRows {
 public:
  // The fields of records inside the event become columns of their own, "outer.inner". An event without a type is shown
  // as its bytes.
  EventRows(const spec::Spec& spec, const spec::Map& map);

  std::string header() const;  // without the newline, as are rows
  std::string row(std::string_view event);

 private:
  struct Column {
    std::string name;
    spec::Field field;  // its offset is from the start of the event
    bool right = false;
    size_t width = 0;
  };
  void add_columns(spec::TypeId type, const std::string& prefix, uint32_t offset_bits);
  void add_column(const std::string& name, spec::Field field);
  static void append(std::string& line, const std::string& text, const Column& column, bool last);

  const spec::Spec& spec_;
  std::vector<Column> columns_;
};

}  // namespace sonde::cmd
