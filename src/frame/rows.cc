// Rows: one line an event.
#include <algorithm>
#include <regex>

#include "frame/columns.h"
#include "frame/journal.h"
#include "frame/pattern.h"
#include "frame/shape.h"

namespace sonde::frame {
namespace {

constexpr unsigned kPerfPages = 64;  // a CPU

class RowsShape : public Shape {
 public:
  RowsShape(Stage& stage, const Rows& rows)
      : stage_(stage), rows_(rows), columns_(stage.spec(), stage.choices, stage.surroundings) {
    columns_.add_first(rows.row);
  }

  Status open() override {
    RETURN_IF_ERROR(read_patterns());
    if (stage_.choices.journal) {
      ASSIGN_OR_RETURN(Journal journal, Journal::open(stage_.tool.name));
      journal_.emplace(std::move(journal));
    }
    auto counted = [](int, uint64_t) {};  // told at the end
    auto show = [this](const void* data, uint32_t size) {
      put({static_cast<const char*>(data), size});
      return 0;
    };
    if (stage_.by_perf_buffer) {
      ASSIGN_OR_RETURN(Map map, stage_.session.map(rows_.by_cpu()));
      return map.open_perf_buffer([show](int, const void* data, uint32_t size) { show(data, size); }, counted, kPerfPages);
    }
    ASSIGN_OR_RETURN(Map map, stage_.session.map(rows_.map));
    return map.open_ring_buffer(show, counted);
  }

  void begin() override {
    if (columns_.empty()) return;
    if (stage_.choices.format == Format::kText && rows_.line.empty()) put_header(columns_.header());
    if (stage_.choices.format == Format::kCsv) put_csv(columns_.csv_header());
  }

 private:
  struct Pattern {
    std::string column;
    std::regex wanted;
  };

  Status read_patterns() {
    for (const ToolOption& option : stage_.tool.options) {
      if (option.matching.empty() || !stage_.choices.on(option.name)) continue;
      std::string pattern = stage_.choices.values.at(option.name);
      try {
        patterns_.push_back({option.matching, std::regex(pattern.c_str(), std::regex::extended)});
      } catch (const std::regex_error&) {
        return base::fail(ErrorKind::kInvalid, fmt::format("--{}: {} is not a regular expression", option.long_name, pattern.c_str()));
      }
    }
    return {};
  }

  bool is_wanted(std::string_view row) const {
    return std::all_of(patterns_.begin(), patterns_.end(),
                       [&](const Pattern& each) { return std::regex_search(columns_.text(each.column, {row}), each.wanted); });
  }

  void put(std::string_view row) {
    if (columns_.empty()) return take(row);
    if (!is_wanted(row)) return;
    if (journal_) journal_->send(columns_.line({row}), columns_.json({row}));
    if (stage_.choices.format == Format::kText && !rows_.line.empty()) {
      return put_line(filled(rows_.line, [&](const std::string& word) { return columns_.text(word, {row}); }));
    }
    switch (stage_.choices.format) {
      case Format::kText: return put_line(columns_.line({row}));
      case Format::kJson: return put_json(columns_.json({row}));
      case Format::kCsv: return put_csv(columns_.csv_line({row}));
    }
  }

  // Rows without columns are not shown: types of their fields learn from them.
  void take(std::string_view row) {
    const auto& types = stage_.spec().types;
    for (const spec::Field& field : types[rows_.row].fields) {
      const ValueType* type = find_value_type(types[field.type].spelling);
      size_t at = std::min<size_t>(field.offset_bits / 8, row.size());
      if (type && type->take) type->take({stage_.spec(), field.type, row.substr(at, types[field.type].size), plain_, stage_.surroundings});
    }
  }

  Stage& stage_;
  const Rows& rows_;
  ColumnStyle plain_;
  Columns columns_;
  std::vector<Pattern> patterns_;
  std::optional<Journal> journal_;
};

}  // namespace

std::unique_ptr<Shape> make_rows(Stage& stage, const Rows& rows) { return std::make_unique<RowsShape>(stage, rows); }

}  // namespace sonde::frame
