// Tables: a line a key at each report, in order, which starts anew then.
#include <linux/bpf.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "tool/formats/text_template.h"
#include "tool/text/expression.h"
#include "tool/text/value_text.h"
#include "tool/views/columns.h"
#include "tool/views/row_record.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

class TableView : public View {
 public:
  TableView(RunContext& context, const Table& table)
      : context_(context), table_(table), columns_(context.spec(), context.settings, context.formats) {}

  Status open() override {
    ASSIGN_OR_RETURN(map_, context_.source.map(table_.map));
    is_totals_ = map_->type == BPF_MAP_TYPE_ARRAY;
    counts_on_ = map_->type == BPF_MAP_TYPE_PERCPU_ARRAY;
    before_.assign(map_->value_size, '\0');
    add_computed(true);
    if (map_->key) columns_.add_first(*map_->key);
    if (map_->value) columns_.add_second(*map_->value);
    add_computed(false);
    return {};
  }

  void begin() override {
    context_.sink.begin(columns_.names());
    if (is_totals_ && table_.has_header) context_.sink.header(columns_.header());
  }

  Status report(const Report& report) override {
    columns_.set_interval(report.seconds);
    return is_totals_ ? report_totals() : report_all(report);
  }

 private:
  // The time of the report stands before all else, what else is computed behind.
  void add_computed(bool time) {
    for (const ComputedColumn& column : table_.computed) {
      if ((column.expression == "time") == time) columns_.add_computed(column);
    }
  }

  Status report_all(const Report& report) {
    ASSIGN_OR_RETURN(Elements elements, counts_on_ ? counted_since() : context_.source.take_elements(table_.map));
    std::vector<RowBytes> rows;
    for (size_t i = 0; i < elements.count; ++i) rows.push_back({elements.key(i), elements.value(i)});
    sort(rows);
    if (size_t limit = context_.settings.number(table_.limit); !table_.limit.empty() && rows.size() > limit)
      rows.resize(limit);
    if (table_.has_header) context_.sink.header(columns_.header());
    for (const RowBytes& row : rows) context_.sink.put(TableRecord(table_.map, columns_, row));
    if (!table_.summary.empty()) context_.sink.line(summary(rows));
    // Where a blank line opens each report, none ends it.
    bool is_open = context_.tool.clears_screen || !context_.tool.histograms.empty();
    if (table_.has_header && !is_open && !report.last) context_.sink.line("");
    return {};
  }

  std::string summary(const std::vector<RowBytes>& rows) {
    return filled(table_.summary, context_.formats, [&](const std::string& expression) {
      auto sum = [&](std::string_view name) {
        double sum = 0;
        for (const RowBytes& row : rows) sum += columns_.computed(name, row);
        return sum;
      };
      bool is_name = expression.find_first_of(" */+-()") == std::string::npos;
      return fmt::format("{:.{}f}", evaluate(expression, sum).value_or(std::nan("")), is_name ? 0 : 2);
    });
  }

  // Of an array with a value for each CPU: the sums of what came since the report before, where there is any.
  Result<Elements> counted_since() {
    ASSIGN_OR_RETURN(Elements now, context_.source.elements(table_.map));
    Elements since{.key_size = now.key_size, .value_size = now.value_size, .value_stride = now.value_size};
    sums_.resize(now.count * now.value_size);
    for (size_t i = 0; i < now.count; ++i) {
      std::string_view per_cpu = std::string_view(now.values).substr(i * now.value_stride, now.value_stride);
      std::string added = add_to_sum(i, per_cpu, now.value_size);
      if (added.find_first_not_of('\0') == std::string::npos) continue;
      since.keys += now.key(i);
      since.values += added;
      ++since.count;
    }
    return since;
  }

  // What the sum of element `i` has grown by.
  std::string add_to_sum(size_t i, std::string_view per_cpu, size_t size) {
    std::string added(size, '\0');
    size_t stride = (size + 7) & ~size_t{7};  // as the kernel rounds up each CPU's
    for (const spec::Field& field : context_.spec().types[*map_->value].fields) {
      size_t at = field.offset_bits / 8, bytes = std::min<size_t>(context_.spec().types[field.type].size, 8);
      uint64_t sum = 0;
      for (size_t cpu = 0; cpu + size <= per_cpu.size(); cpu += stride)
        sum += unsigned_at(per_cpu.substr(cpu + at, bytes), bytes);
      uint64_t grown = sum - unsigned_at(std::string_view(sums_).substr(i * size + at, bytes), bytes);
      std::memcpy(sums_.data() + i * size + at, &sum, bytes);
      std::memcpy(added.data() + at, &grown, bytes);
    }
    return added;
  }

  // One line, of what came since the report before: the programs count on while it is read.
  Status report_totals() {
    ASSIGN_OR_RETURN(std::string now, context_.source.lookup(table_.map, std::string_view("\0\0\0\0", 4)));
    std::string since = now;
    for (const spec::Field& field : context_.spec().types[*map_->value].fields) {
      size_t at = field.offset_bits / 8, size = context_.spec().types[field.type].size;
      auto number_in = [&](std::string_view totals) { return unsigned_at(totals.substr(at, size), size); };
      uint64_t number = number_in(now) - number_in(before_);
      std::memcpy(since.data() + at, &number, size);
    }
    before_ = std::move(now);
    context_.sink.put(TableRecord(table_.map, columns_, {std::string_view(), since}));
    return {};
  }

  // The largest first, or the smallest; what is equal by the text of its line, so that the order is always the same.
  void sort(std::vector<RowBytes>& rows) {
    auto [expression, ascending] = order();
    auto before = [&](const RowBytes& a, const RowBytes& b) {
      double left = columns_.computed(expression, a), right = columns_.computed(expression, b);
      if (!std::isnan(left) && left != right) return ascending ? left < right : left > right;
      return a.first < b.first;
    };
    std::sort(rows.begin(), rows.end(), before);
  }

  std::pair<std::string, bool> order() const {
    std::pair<std::string, bool> chosen;
    for (const SortOrder& order : table_.orders) {
      bool is_choice = order.expressions.size() > 1;
      if (!order.option.empty() && !is_choice && !context_.settings.on(order.option)) continue;
      size_t place =
          is_choice ? std::min<size_t>(context_.settings.number(order.option), order.expressions.size() - 1) : 0;
      chosen = {order.expressions[place], order.ascending};
    }
    return chosen;
  }

  RunContext& context_;
  const Table& table_;
  Columns columns_;
  const spec::Map* map_ = nullptr;
  bool is_totals_ = false;
  bool counts_on_ = false;  // nothing is taken out of the map
  std::string sums_;        // of its elements at the last report
  std::string before_;      // the totals of the last report
};

}  // namespace

std::unique_ptr<View> make_table(RunContext& context, const Table& table) {
  return std::make_unique<TableView>(context, table);
}

}  // namespace sonde::tool
