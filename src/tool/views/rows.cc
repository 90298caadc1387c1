// Rows: one line an event.
#include <algorithm>
#include <regex>

#include "tool/views/columns.h"
#include "tool/views/map_label.h"
#include "tool/views/row_record.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

class RowsView : public View {
 public:
  RowsView(RunContext& context, const Rows& rows)
      : context_(context),
        rows_(rows),
        columns_(context.spec(), context.settings, context.formats),
        label_(context.tool, rows.map) {
    for (const ColumnField& column : rows.columns) columns_.add_column(column);
    if (rows.columns.empty()) columns_.add_first(rows.row);
  }

  Status open() override {
    RETURN_IF_ERROR(read_patterns());
    return context_.source.open_buffer(rows_.map, [this](std::string_view row) { put(row); });
  }

  void begin() override {
    if (columns_.empty()) return;
    label_.begin(context_.sink, columns_.names());
    if (rows_.line.empty()) label_.header(context_.sink, columns_.header());
  }

 private:
  struct Pattern {
    std::string column;
    std::regex wanted;
  };

  Status read_patterns() {
    for (const ToolOption& option : context_.tool.options) {
      if (option.matching.empty() || !context_.settings.on(option.name)) continue;
      std::string pattern = context_.settings.values.at(option.name);
      try {
        patterns_.push_back({option.matching, std::regex(pattern.c_str(), std::regex::extended)});
      } catch (const std::regex_error&) {
        return base::fail(ErrorKind::kInvalid,
                          fmt::format("--{}: {} is not a regular expression", option.long_name, pattern.c_str()));
      }
    }
    return {};
  }

  bool is_wanted(std::string_view row) const {
    return std::all_of(patterns_.begin(), patterns_.end(), [&](const Pattern& each) {
      return std::regex_search(columns_.text(each.column, {row}), each.wanted);
    });
  }

  void put(std::string_view row) {
    if (columns_.empty()) return take(row);
    if (is_wanted(row)) label_.put(context_.sink, RowRecord(rows_.map, columns_, {row}, rows_.line));
  }

  // Rows without columns are not shown: types of their fields learn from them.
  void take(std::string_view row) {
    const auto& types = context_.spec().types;
    for (const spec::Field& field : types[rows_.row].fields) {
      const ValueType* type = find_value_type(types[field.type].spelling);
      size_t at = std::min<size_t>(field.offset_bits / 8, row.size());
      if (type && type->take)
        type->take({context_.spec(), field.type, row.substr(at, types[field.type].size), plain_, context_.formats});
    }
  }

  RunContext& context_;
  const Rows& rows_;
  ColumnStyle plain_;
  Columns columns_;
  MapLabel label_;
  std::vector<Pattern> patterns_;
};

}  // namespace

std::unique_ptr<View> make_rows(RunContext& context, const Rows& rows) {
  return std::make_unique<RowsView>(context, rows);
}

}  // namespace sonde::tool
