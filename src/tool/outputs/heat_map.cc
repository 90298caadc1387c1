// Histograms over time as a heat map.
#include "tool/outputs/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tool/outputs/svg.h"

namespace sonde::tool {
namespace {

constexpr double kLeft = 170, kTop = 44, kRow = 18, kWidth = 1000, kBottom = 36, kWidest = 40;
constexpr double kScaleStep = 18, kScaleText = 150;
constexpr int kScaleSteps = 8;

struct Rows {
  size_t first = 0;
  size_t count = 0;
};

// From the first to the last bucket that anything fell into.
Rows used_rows(std::span<const std::vector<uint64_t>> counts) {
  size_t first = SIZE_MAX, last = 0;
  for (const auto& column : counts) {
    for (size_t k = 0; k < column.size(); k++) {
      if (column[k] == 0) continue;
      first = std::min(first, k);
      last = std::max(last, k);
    }
  }
  return first == SIZE_MAX ? Rows{} : Rows{first, last - first + 1};
}

uint64_t largest(std::span<const std::vector<uint64_t>> counts) {
  uint64_t result = 0;
  for (const auto& column : counts) {
    for (uint64_t count : column) result = std::max(result, count);
  }
  return result;
}

// By the logarithm: one event among thousands is still seen.
std::string shade(uint64_t count, uint64_t most) {
  double strength = std::log1p(static_cast<double>(count)) / std::log1p(static_cast<double>(most));
  auto fade = [&](int from, int to) { return static_cast<int>(std::lround(from + (to - from) * strength)); };
  return fmt::format("rgb({},{},{})", fade(255, 120), fade(236, 10), fade(200, 20));
}

std::string name_at(const std::vector<std::string>& names, size_t index) {
  return index < names.size() ? xml_text(names[index]) : std::to_string(index);
}

class Drawing {
 public:
  Drawing(std::span<const std::vector<uint64_t>> counts, const HeatMapLabels& labels)
      : counts_(counts),
        labels_(labels),
        rows_(used_rows(counts)),
        most_(largest(counts)),
        step_(counts.empty() ? kWidest : std::min(kWidest, kWidth / double(counts.size()))) {
    open();
    for (size_t k = 0; k < rows_.count; k++) draw_row(rows_.first + k);
    draw_times();
    draw_scale();
    out_ += "</svg>\n";
  }
  std::string take() { return std::move(out_); }

 private:
  double height() const { return kTop + kRow * double(rows_.count) + kBottom; }
  double top_of(size_t bucket) const { return kTop + kRow * double(rows_.first + rows_.count - 1 - bucket); }

  void open() {
    out_ += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n<title>{2}</title>\n"
        "<style>text{{font:12px monospace;fill:#111}}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fffdf5\"/>\n"
        "<text x=\"{3}\" y=\"24\" style=\"font-size:16px\">{2}</text>\n",
        coordinate(kLeft + kWidth + 10), coordinate(height()), xml_text(labels_.title), coordinate(kLeft));
  }

  void draw_row(size_t bucket) {
    out_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", coordinate(kLeft - 6),
                        coordinate(top_of(bucket) + 13),
                        name_at(labels_.rows.empty() ? labels_.buckets : labels_.rows, bucket));
    for (size_t i = 0; i < counts_.size(); i++) {
      if (bucket < counts_[i].size() && counts_[i][bucket] > 0) draw_cell(i, bucket, counts_[i][bucket]);
    }
  }

  void draw_cell(size_t column, size_t bucket, uint64_t count) {
    out_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>{}, {}: {} {}</title></rect>\n",
        coordinate(kLeft + step_ * double(column)), coordinate(top_of(bucket)), coordinate(std::max(step_, 0.1)),
        coordinate(kRow), shade(count, most_), name_at(labels_.columns, column), name_at(labels_.buckets, bucket),
        count, xml_text(labels_.unit));
  }

  // From one event to the most that a cell has, in the steps that the eye sees.
  void draw_scale() {
    if (most_ == 0) return;
    double left = kLeft + kWidth - kScaleStep * kScaleSteps - kScaleText;
    out_ += fmt::format("<g id=\"scale\"><text x=\"{}\" y=\"24\" text-anchor=\"end\">1</text>\n", coordinate(left - 6));
    for (int i = 0; i < kScaleSteps; i++) {
      double exact =
          std::expm1(std::log1p(1.0) + (std::log1p(double(most_)) - std::log1p(1.0)) * i / (kScaleSteps - 1));
      auto count = static_cast<uint64_t>(std::llround(exact));
      out_ +=
          fmt::format("<rect x=\"{}\" y=\"12\" width=\"{}\" height=\"15\" fill=\"{}\"><title>{} {}</title></rect>\n",
                      coordinate(left + kScaleStep * i), coordinate(kScaleStep), shade(count, most_), count,
                      xml_text(labels_.unit));
    }
    out_ += fmt::format("<text x=\"{}\" y=\"24\">{} {}</text></g>\n", coordinate(left + kScaleStep * kScaleSteps + 6),
                        most_, xml_text(labels_.unit));
  }

  // As many as fit beside each other.
  void draw_times() {
    size_t every = std::max<size_t>(1, static_cast<size_t>(std::ceil(90 / step_)));
    for (size_t i = 0; i < counts_.size(); i += every) {
      out_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", coordinate(kLeft + step_ * double(i)),
                          coordinate(height() - 14), name_at(labels_.columns, i));
    }
  }

  std::span<const std::vector<uint64_t>> counts_;
  const HeatMapLabels& labels_;
  Rows rows_;
  uint64_t most_;
  double step_;
  std::string out_;
};

}  // namespace

std::string heat_map(std::span<const std::vector<uint64_t>> counts, const HeatMapLabels& labels) {
  return Drawing(counts, labels).take();
}

}  // namespace sonde::tool
