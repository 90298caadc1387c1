#include "tool/views/row_record.h"

#include "tool/formats/text_template.h"

namespace sonde::tool {

std::string RowRecord::text() const {
  if (line_.empty()) return columns_.line(row_);
  return filled(line_, columns_.formats(), [&](const std::string& word) { return columns_.text(word, row_); });
}

std::vector<Measure> RowRecord::measures() const {
  auto labels = columns_.labels(row_, /*all=*/false);
  std::vector<Measure> measures = columns_.amounts(row_);
  for (Measure& measure : measures) {
    if (measure.kind == Measure::Kind::kCount) measure.kind = Measure::Kind::kValue;
  }
  measures.insert(measures.begin(), {.name = view_, .help = "Rows.", .value = 1});
  for (Measure& measure : measures) measure.labels = labels;
  return measures;
}

std::vector<Measure> TableRecord::measures() const {
  std::vector<Measure> measures = columns_.amounts(row_);
  for (Measure& measure : measures) measure.labels = columns_.labels({row_.first, {}}, /*all=*/true);
  return measures;
}

}  // namespace sonde::tool
