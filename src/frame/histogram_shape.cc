// Histograms: at each report one for every key, which start anew then; and all of them over time as a heat map.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/output_file.h"
#include "frame/columns.h"
#include "frame/heat_map.h"
#include "frame/histogram.h"
#include "frame/shape.h"
#include "frame/value_text.h"

namespace sonde::frame {
namespace {

constexpr size_t kSlots = 64;

// struct sonde_histogram of tools/tool.h.
struct Counted {
  uint64_t slots[kSlots];
  uint64_t total;
  uint64_t count;
};

struct Section {
  std::string key;
  Counted counted;
};

class HistogramShape : public Shape {
 public:
  HistogramShape(Stage& stage, const Histogram& histogram)
      : stage_(stage), histogram_(histogram), columns_(stage.spec(), stage.choices, stage.surroundings), unit_(histogram.unit) {
    for (const auto& [option, unit] : histogram.units) {
      if (stage.choices.on(option)) unit_ = unit;
    }
  }

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(histogram_.map));
    if (!map.spec().key || map.value_size() != sizeof(Counted)) {
      return base::fail(ErrorKind::kInvalid, fmt::format("{} is no histogram of tool.h", histogram_.map));
    }
    key_ = *map.spec().key;
    columns_.add_first(key_);
    return stage_.choices.heat_map.empty() ? Status{} : base::check_output(stage_.choices.heat_map);
  }

  void begin() override {
    if (stage_.choices.format != Format::kCsv) return;
    std::string header = columns_.csv_header();
    put_line(header + (header.empty() ? "" : ",") + "unit,low,high,count");
  }

  Status report(const Moment&) override {
    ASSIGN_OR_RETURN(std::vector<Section> sections, take_sections());
    for (const Section& section : sections) {
      switch (stage_.choices.format) {
        case Format::kText: put_text(section); break;
        case Format::kJson: put_json(as_json(section)); break;
        case Format::kCsv: put_as_csv(section); break;
      }
    }
    if (!stage_.choices.heat_map.empty()) remember(sections);
    return {};
  }

  Status end() override {
    if (stage_.choices.heat_map.empty()) return {};
    HeatMapLabels labels{.title = stage_.tool.name, .columns = times_, .buckets = {}, .rows = {}, .unit = "events"};
    for (size_t slot = 0; slot < kSlots; ++slot) {
      labels.buckets.push_back(fmt::format("{} {}", bucket_text(slot), unit_));
      labels.rows.push_back(amount_text(bucket_of(slot).low, unit_));
    }
    labels.title += ": " + unit_;
    return base::write_output(stage_.choices.heat_map, heat_map(over_time_, labels));
  }

 private:
  Result<std::vector<Section>> take_sections() {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(histogram_.map));
    ASSIGN_OR_RETURN(Map::Elements elements, map.take_elements());
    std::vector<Section> sections(elements.count);
    for (size_t i = 0; i < elements.count; ++i) {
      sections[i].key = elements.keys.substr(i * map.key_size(), map.key_size());
      std::memcpy(&sections[i].counted, elements.values.data() + i * map.value_bytes(), sizeof(Counted));
    }
    RETURN_IF_ERROR(add_whole(sections, map.key_size()));
    std::sort(sections.begin(), sections.end(), [&](const Section& a, const Section& b) { return order_of(a) < order_of(b); });
    return sections;
  }

  // What count_whole() counted since the last report, as of the key that is all zeros. It is never set back, so that nothing is lost.
  Status add_whole(std::vector<Section>& sections, size_t key_size) {
    auto whole = stage_.session.map("sonde_whole_" + histogram_.map);
    if (!whole) return {};  // of a tool that somebody compiled with an older tool.h
    Section section{std::string(key_size, '\0'), {}};
    uint32_t zero = 0;
    if (whole->value_size() != sizeof(Counted) || !whole->lookup(&zero, &section.counted)) return {};
    // Its parts are counted one after the other, `count` last: what is ahead of it is shown with it.
    Counted now = section.counted;
    if (now.count == reported_.count) return {};
    for (size_t slot = 0; slot < kSlots; ++slot) section.counted.slots[slot] -= reported_.slots[slot];
    section.counted.total -= reported_.total;
    section.counted.count -= reported_.count;
    reported_ = now;
    sections.push_back(std::move(section));
    return {};
  }

  // Keys are numbers, mostly: by their first, then as bytes.
  std::pair<uint64_t, std::string_view> order_of(const Section& section) const {
    const auto& fields = stage_.spec().types[key_].fields;
    size_t size = fields.empty() ? 0 : std::min<size_t>(stage_.spec().types[fields[0].type].size, 8);
    return {unsigned_at(section.key, size), section.key};
  }

  // "pid = 181", or nothing where there is one histogram of all.
  std::string heading(const Section& section) const {
    std::string text;
    for (const ColumnField& column : columns_of(stage_.spec(), key_)) {
      if (!stage_.choices.hold(column.style.conditions)) continue;
      size_t at = column.field.offset_bits / 8;
      std::string_view bytes = std::string_view(section.key).substr(at, stage_.spec().types[column.field.type].size);
      std::string value = text_of({stage_.spec(), column.field.type, bytes, column.style, stage_.surroundings});
      text += text.empty() || column.style.title.empty() ? "" : " ";
      text += column.style.title == " " ? value : fmt::format("{} = {}", column.style.title, value);
    }
    return text;
  }

  void put_text(const Section& section) {
    std::string heading_text = heading(section);
    std::vector<uint64_t> counts(section.counted.slots, section.counted.slots + kSlots);
    std::string drawn = histogram_.is_linear ? linear_histogram(counts, unit_) : log2_histogram(counts, unit_);
    if (drawn.empty()) return;
    if (!heading_text.empty()) put_line("\n" + heading_text);
    put_line(drawn.substr(0, drawn.size() - 1));
    if (histogram_.average_option.empty() || !stage_.choices.on(histogram_.average_option)) return;
    uint64_t count = section.counted.count, total = section.counted.total;
    put_line(fmt::format("\navg = {} {}, total: {} {}, count: {}\n", count ? total / count : 0, unit_, total, unit_, count));
  }

  nlohmann::ordered_json as_json(const Section& section) const {
    nlohmann::ordered_json object;
    object["time"] = stage_.surroundings.now_iso();
    if (!columns_.empty()) object["section"] = columns_.json({section.key});
    object["unit"] = unit_;
    object["count"] = section.counted.count;
    object["total"] = section.counted.total;
    object["buckets"] = nlohmann::ordered_json::array();
    for (size_t slot = 0; slot < kSlots; ++slot) {
      if (section.counted.slots[slot] == 0) continue;
      Bucket bucket = bucket_of(slot);
      object["buckets"].push_back({{"low", bucket.low}, {"high", bucket.high}, {"count", section.counted.slots[slot]}});
    }
    return object;
  }

  void put_as_csv(const Section& section) {
    std::string key = columns_.csv_line({section.key});
    for (size_t slot = 0; slot < kSlots; ++slot) {
      if (section.counted.slots[slot] == 0) continue;
      Bucket bucket = bucket_of(slot);
      put_csv(fmt::format("{}{}{},{},{},{}", key, key.empty() ? "" : ",", unit_, bucket.low, bucket.high,
                          section.counted.slots[slot]));
    }
  }

  Bucket bucket_of(size_t slot) const {
    if (!histogram_.is_linear) return log2_bucket(slot);
    return {slot, slot == kSlots - 1 ? UINT64_MAX : slot};
  }

  std::string bucket_text(size_t slot) const {
    Bucket bucket = bucket_of(slot);
    return bucket.low == bucket.high ? fmt::format("{}", bucket.low) : fmt::format("{} -> {}", bucket.low, bucket.high);
  }

  void remember(const std::vector<Section>& sections) {
    std::vector<uint64_t>& sums = over_time_.emplace_back(kSlots, 0);
    for (const Section& section : sections) {
      for (size_t slot = 0; slot < kSlots; ++slot) sums[slot] += section.counted.slots[slot];
    }
    times_.push_back(stage_.surroundings.now_clock());
  }

  Stage& stage_;
  const Histogram& histogram_;
  Columns columns_;
  spec::TypeId key_ = 0;
  Counted reported_{};  // of what count_whole() counts
  std::string unit_;
  std::vector<std::vector<uint64_t>> over_time_;
  std::vector<std::string> times_;
};

}  // namespace

std::unique_ptr<Shape> make_histogram(Stage& stage, const Histogram& histogram) {
  return std::make_unique<HistogramShape>(stage, histogram);
}

}  // namespace sonde::frame
