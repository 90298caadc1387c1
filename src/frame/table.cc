// Tables: a line a key at each report, in order, which starts anew then.
#include <linux/bpf.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "frame/columns.h"
#include "frame/expression.h"
#include "frame/pattern.h"
#include "frame/shape.h"
#include "frame/value_text.h"

namespace sonde::frame {
namespace {

class TableShape : public Shape {
 public:
  TableShape(Stage& stage, const Table& table)
      : stage_(stage), table_(table), columns_(stage.spec(), stage.choices, stage.surroundings) {}

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    is_totals_ = map.type() == BPF_MAP_TYPE_ARRAY;
    before_.assign(map.value_size(), '\0');
    add_computed(true);
    if (map.spec().key) columns_.add_first(*map.spec().key);
    if (map.spec().value) columns_.add_second(*map.spec().value);
    add_computed(false);
    return {};
  }

  void begin() override {
    if (stage_.choices.format == Format::kCsv) put_csv(columns_.csv_header());
    if (stage_.choices.format == Format::kText && is_totals_ && table_.has_header) put_header(columns_.header());
  }

  Status report(const Moment& moment) override {
    columns_.set_interval(moment.seconds);
    return is_totals_ ? report_totals() : report_all(moment);
  }

 private:
  // The time of the report stands before all else, what else is computed behind.
  void add_computed(bool time) {
    for (const ComputedColumn& column : table_.computed) {
      if ((column.expression == "time") == time) columns_.add_computed(column);
    }
  }

  Status report_all(const Moment& moment) {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    ASSIGN_OR_RETURN(Map::Elements elements, map.take_elements());
    std::vector<Record> records;
    for (size_t i = 0; i < elements.count; ++i) {
      records.push_back({std::string_view(elements.keys).substr(i * map.key_size(), map.key_size()),
                         std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size())});
    }
    sort(records);
    if (size_t limit = stage_.choices.number(table_.limit); !table_.limit.empty() && records.size() > limit) records.resize(limit);
    if (stage_.choices.format == Format::kText && table_.has_header) put_header(columns_.header());
    for (const Record& record : records) put(record);
    if (stage_.choices.format == Format::kText && !table_.summary.empty()) put_line(summary(records));
    // Where a blank line opens each report, none ends it.
    bool is_open = stage_.tool.clears_screen || !stage_.tool.histograms.empty();
    if (stage_.choices.format == Format::kText && table_.has_header && !is_open && !moment.last) put_line("");
    return {};
  }

  std::string summary(const std::vector<Record>& records) {
    return filled(table_.summary, [&](const std::string& expression) {
      auto sum = [&](std::string_view name) {
        double sum = 0;
        for (const Record& record : records) sum += columns_.computed(name, record);
        return sum;
      };
      bool is_name = expression.find_first_of(" */+-()") == std::string::npos;
      return fmt::format("{:.{}f}", evaluate(expression, sum).value_or(std::nan("")), is_name ? 0 : 2);
    });
  }

  // One line, of what came since the report before: the programs count on while it is read.
  Status report_totals() {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    uint32_t zero = 0;
    std::string now(map.value_size(), '\0');
    RETURN_IF_ERROR(map.lookup(&zero, now.data()));
    std::string since = now;
    for (const spec::Field& field : stage_.spec().types[*map.spec().value].fields) {
      size_t at = field.offset_bits / 8, size = stage_.spec().types[field.type].size;
      auto number_in = [&](std::string_view totals) { return unsigned_at(totals.substr(at, size), size); };
      uint64_t number = number_in(now) - number_in(before_);
      std::memcpy(since.data() + at, &number, size);
    }
    before_ = std::move(now);
    put({std::string_view(), since});
    return {};
  }

  // The largest first, or the smallest; what is equal by the text of its line, so that the order is always the same.
  void sort(std::vector<Record>& records) {
    auto [expression, ascending] = order();
    auto before = [&](const Record& a, const Record& b) {
      double left = columns_.computed(expression, a), right = columns_.computed(expression, b);
      if (!std::isnan(left) && left != right) return ascending ? left < right : left > right;
      return a.first < b.first;
    };
    std::sort(records.begin(), records.end(), before);
  }

  std::pair<std::string, bool> order() const {
    std::pair<std::string, bool> chosen;
    for (const SortOrder& order : table_.orders) {
      bool is_choice = order.expressions.size() > 1;
      if (!order.option.empty() && !is_choice && !stage_.choices.on(order.option)) continue;
      size_t place = is_choice ? std::min<size_t>(stage_.choices.number(order.option), order.expressions.size() - 1) : 0;
      chosen = {order.expressions[place], order.ascending};
    }
    return chosen;
  }

  void put(const Record& record) {
    switch (stage_.choices.format) {
      case Format::kText: return put_line(columns_.line(record));
      case Format::kJson: return put_json(columns_.json(record));
      case Format::kCsv: return put_csv(columns_.csv_line(record));
    }
  }

  Stage& stage_;
  const Table& table_;
  Columns columns_;
  bool is_totals_ = false;
  std::string before_;  // the totals of the last report
};

}  // namespace

std::unique_ptr<Shape> make_table(Stage& stage, const Table& table) { return std::make_unique<TableShape>(stage, table); }

}  // namespace sonde::frame
