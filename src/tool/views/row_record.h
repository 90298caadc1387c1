// A row, or a line of a table, as a record.
#pragma once

#include "tool/outputs/record.h"
#include "tool/views/columns.h"

namespace sonde::tool {

class RowRecord : public Record {
 public:
  // `view`: what counts of these rows are called. `line`: a template in the place of the columns' text; may be empty.
  // All are only looked at while the record lives.
  RowRecord(const std::string& view, const Columns& columns, const RowBytes& row, const std::string& line = kNoTemplate)
      : view_(view), columns_(columns), row_(row), line_(line) {}

  std::string text() const override;
  nlohmann::ordered_json json() const override { return columns_.json(row_); }
  std::vector<Cells> rows() const override { return {columns_.cells(row_)}; }
  // How many rows there were with these labels, and the distribution of each amount.
  std::vector<Measure> measures() const override;

 protected:
  inline static const std::string kNoTemplate;
  const std::string& view_;
  const Columns& columns_;
  RowBytes row_;
  const std::string& line_;
};

// Of a table, whose columns are sums: each is a count of its own.
class TableRecord : public RowRecord {
 public:
  using RowRecord::RowRecord;
  std::vector<Measure> measures() const override;
};

}  // namespace sonde::tool
