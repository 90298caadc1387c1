#include "tool/views/map_label.h"

#include <algorithm>

#include <fmt/format.h>

#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

class LabelledRecord : public Record {
 public:
  LabelledRecord(const Record& record, const std::string& map, const std::string& before)
      : record_(record), map_(map), before_(before) {}

  std::string text() const override {
    std::string text = record_.text();
    return text.empty() ? text : before_ + text;
  }

  nlohmann::ordered_json json() const override {
    nlohmann::ordered_json labelled{{kMapMember, map_}}, members = record_.json();
    for (auto& [name, member] : members.items()) labelled[name] = std::move(member);
    return labelled;
  }

  std::vector<Cells> rows() const override {
    std::vector<Cells> rows = record_.rows();
    for (Cells& cells : rows) cells.insert(cells.begin(), map_);
    return rows;
  }

  std::vector<Measure> measures() const override { return record_.measures(); }

 private:
  const Record& record_;
  const std::string& map_;
  const std::string& before_;
};

}  // namespace

MapLabel::MapLabel(const Tool& tool, const std::string& map) : map_(map), in_data_(tool.labels_records) {
  auto is_this = [&](const Rows& rows) { return rows.map == map; };
  bool is_of_rows = std::any_of(tool.rows.begin(), tool.rows.end(), is_this);
  if (!in_data_ || tool.rows.size() < 2 || !is_of_rows) return;
  size_t width = 0;
  for (const Rows& rows : tool.rows) width = std::max(width, rows.map.size());
  before_ = fmt::format("{:<{}}  ", safe_text(map), width);
}

void MapLabel::begin(Sink& sink, Cells names) const {
  if (in_data_) names.insert(names.begin(), kMapMember);
  sink.begin(names);
}

void MapLabel::put(Sink& sink, const Record& record) const {
  if (in_data_) sink.put(LabelledRecord(record, map_, before_));
  else sink.put(record);
}

}  // namespace sonde::tool
