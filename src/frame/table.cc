// Tables: a line a key at each report, in order, which starts anew then.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "frame/columns.h"
#include "frame/shape.h"

namespace sonde::frame {
namespace {

class TableShape : public Shape {
 public:
  TableShape(Stage& stage, const Table& table)
      : stage_(stage), table_(table), columns_(stage.spec(), stage.choices, stage.surroundings) {}

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    if (map.spec().key) columns_.add_first(*map.spec().key);
    if (map.spec().value) columns_.add_second(*map.spec().value);
    for (const ComputedColumn& column : table_.computed) columns_.add_computed(column);
    return {};
  }

  void begin() override {
    if (stage_.choices.format == Format::kCsv) put_line(columns_.csv_header());
  }

  Status report(const Moment& moment) override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    ASSIGN_OR_RETURN(Map::Elements elements, map.take_elements());
    columns_.set_interval(moment.seconds);
    std::vector<Record> records;
    for (size_t i = 0; i < elements.count; ++i) {
      records.push_back({std::string_view(elements.keys).substr(i * map.key_size(), map.key_size()),
                         std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size())});
    }
    sort(records);
    if (size_t limit = stage_.choices.number(table_.limit); !table_.limit.empty() && records.size() > limit) records.resize(limit);
    if (stage_.choices.format == Format::kText) put_line(columns_.header());
    for (const Record& record : records) put(record);
    if (stage_.choices.format == Format::kText && !moment.last) put_line("");
    return {};
  }

 private:
  // The largest first; what is equal by the text of its line, so that the order is always the same.
  void sort(std::vector<Record>& records) {
    std::string field;
    for (const SortOrder& order : table_.orders) {
      if (order.option.empty() || stage_.choices.on(order.option)) field = order.field;
    }
    auto before = [&](const Record& a, const Record& b) {
      double left = columns_.number(field, a), right = columns_.number(field, b);
      if (!std::isnan(left) && left != right) return left > right;
      return a.first < b.first;
    };
    std::sort(records.begin(), records.end(), before);
  }

  void put(const Record& record) {
    switch (stage_.choices.format) {
      case Format::kText: return put_line(columns_.line(record));
      case Format::kJson: return put_json(columns_.json(record));
      case Format::kCsv: return put_line(columns_.csv_line(record));
    }
  }

  Stage& stage_;
  const Table& table_;
  Columns columns_;
};

}  // namespace

std::unique_ptr<Shape> make_table(Stage& stage, const Table& table) { return std::make_unique<TableShape>(stage, table); }

}  // namespace sonde::frame
