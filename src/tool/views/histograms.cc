// Histograms: at each report one for every key, which start anew then; and all of them over time as a heat map.
#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "base/output_file.h"
#include "tool/views/columns.h"
#include "tool/outputs/heat_map.h"
#include "tool/outputs/histogram_text.h"
#include "tool/views/view.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
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

// How the sections of one histogram are shown.
struct Style {
  const Columns& columns;  // of the section's key
  std::string unit;
  bool is_linear;
  bool with_average;
  const std::string& view;

  Bucket bucket(size_t slot) const {
    if (!is_linear) return log2_bucket(slot);
    return {slot, slot == kSlots - 1 ? UINT64_MAX : slot};
  }
};

// What one of a histogram's unit is in base units.
struct BaseUnit {
  const char* shown;
  const char* base;
  double scale;
};
constexpr BaseUnit kBaseUnits[] = {{"nsecs", "seconds", 1e-9}, {"usecs", "seconds", 1e-6}, {"msecs", "seconds", 1e-3},
                                   {"secs", "seconds", 1},     {"bytes", "bytes", 1},      {"Kbytes", "bytes", 1024}};

BaseUnit base_unit(const std::string& shown) {
  for (const BaseUnit& each : kBaseUnits) {
    if (shown == each.shown) return each;
  }
  return {"", "", 1};
}

class HistogramRecord : public Record {
 public:
  HistogramRecord(const Style& style, const Section& section, std::string heading, std::string time)
      : style_(style), section_(section), heading_(std::move(heading)), time_(std::move(time)) {}

  std::string text() const override {
    const Counted& counted = section_.counted;
    std::vector<uint64_t> counts(counted.slots, counted.slots + kSlots);
    std::string drawn = style_.is_linear ? linear_histogram(counts, style_.unit) : log2_histogram(counts, style_.unit);
    if (drawn.empty()) return "";
    drawn.pop_back();
    if (!heading_.empty()) drawn = "\n" + heading_ + "\n" + drawn;
    if (!style_.with_average) return drawn;
    uint64_t average = counted.count ? counted.total / counted.count : 0;
    return drawn + fmt::format("\n\navg = {} {}, total: {} {}, count: {}\n", average, style_.unit, counted.total,
                               style_.unit, counted.count);
  }

  nlohmann::ordered_json json() const override {
    nlohmann::ordered_json object;
    object["time"] = time_;
    if (!style_.columns.empty()) object["section"] = style_.columns.json({section_.key});
    object["unit"] = style_.unit;
    object["count"] = section_.counted.count;
    object["total"] = section_.counted.total;
    object["buckets"] = nlohmann::ordered_json::array();
    for_each_bucket([&](const Bucket& bucket, uint64_t count) {
      object["buckets"].push_back({{"low", bucket.low}, {"high", bucket.high}, {"count", count}});
    });
    return object;
  }

  std::vector<Cells> rows() const override {
    std::vector<Cells> rows;
    Cells key = style_.columns.cells({section_.key});
    for_each_bucket([&](const Bucket& bucket, uint64_t count) {
      Cells row = key;
      row.insert(row.end(),
                 {style_.unit, std::to_string(bucket.low), std::to_string(bucket.high), std::to_string(count)});
      rows.push_back(std::move(row));
    });
    return rows;
  }

  std::vector<Measure> measures() const override {
    BaseUnit unit = base_unit(style_.unit);
    Measure measure{.kind = Measure::Kind::kBuckets,
                    .name = style_.view,
                    .unit = unit.base,
                    .help = fmt::format("Distribution, counted in {}.", style_.unit)};
    measure.labels = style_.columns.labels({section_.key}, /*all=*/true);
    measure.value = static_cast<double>(section_.counted.total) * unit.scale;
    // Durations were cut to whole units: those of the bucket 2 -> 3 were below 4.
    double rest = unit.base == std::string_view("seconds") ? 1 : 0;
    size_t last = kSlots;
    while (last > 0 && section_.counted.slots[last - 1] == 0) --last;
    for (size_t slot = 0; slot < last; ++slot) {
      Bucket bucket = style_.bucket(slot);
      bool is_open = bucket.high == UINT64_MAX;
      double most = (static_cast<double>(bucket.high) + rest) * unit.scale;
      measure.buckets.push_back(
          {is_open ? std::numeric_limits<double>::infinity() : most, section_.counted.slots[slot]});
    }
    return {std::move(measure)};
  }

 private:
  template <typename Use>
  void for_each_bucket(Use use) const {
    for (size_t slot = 0; slot < kSlots; ++slot) {
      if (section_.counted.slots[slot]) use(style_.bucket(slot), section_.counted.slots[slot]);
    }
  }

  const Style& style_;
  const Section& section_;
  std::string heading_, time_;
};

class HistogramView : public View {
 public:
  HistogramView(RunContext& context, const Histogram& histogram)
      : context_(context),
        histogram_(histogram),
        columns_(context.spec(), context.settings, context.formats),
        style_{columns_, histogram.unit, histogram.is_linear, shows_average(), histogram.map} {
    for (const auto& [option, unit] : histogram.units) {
      if (context.settings.on(option)) style_.unit = unit;
    }
  }

  Status open() override {
    ASSIGN_OR_RETURN(const spec::Map* map, context_.source.map(histogram_.map));
    if (!map->key || map->value_size != sizeof(Counted)) {
      return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a HISTOGRAM of tool.h", histogram_.map));
    }
    key_ = *map->key;
    columns_.add_first(key_);
    return context_.settings.heat_map.empty() ? Status{} : base::check_output(context_.settings.heat_map);
  }

  void begin() override {
    Cells names = columns_.names();
    names.insert(names.end(), {"unit", "low", "high", "count"});
    context_.sink.begin(names);
  }

  Status report(const Report&) override {
    ASSIGN_OR_RETURN(std::vector<Section> sections, take_sections());
    for (const Section& section : sections) {
      context_.sink.put(HistogramRecord(style_, section, heading(section), context_.formats.now_iso()));
    }
    if (!context_.settings.heat_map.empty()) remember(sections);
    return {};
  }

  Status end() override {
    if (context_.settings.heat_map.empty()) return {};
    HeatMapLabels labels{.title = context_.tool.name, .columns = times_, .buckets = {}, .rows = {}, .unit = "events"};
    for (size_t slot = 0; slot < kSlots; ++slot) {
      labels.buckets.push_back(fmt::format("{} {}", bucket_text(slot), style_.unit));
      labels.rows.push_back(amount_text(style_.bucket(slot).low, style_.unit));
    }
    labels.title += ": " + style_.unit;
    return base::write_output(context_.settings.heat_map, heat_map(over_time_, labels));
  }

 private:
  Result<std::vector<Section>> take_sections() {
    ASSIGN_OR_RETURN(Elements elements, context_.source.take_elements(histogram_.map));
    std::vector<Section> sections(elements.count);
    for (size_t i = 0; i < elements.count; ++i) {
      sections[i].key = elements.key(i);
      if (elements.value(i).size() == sizeof(Counted))
        std::memcpy(&sections[i].counted, elements.value(i).data(), sizeof(Counted));
    }
    RETURN_IF_ERROR(add_whole(sections, context_.spec().types[key_].size));
    std::sort(sections.begin(), sections.end(),
              [&](const Section& a, const Section& b) { return order_of(a) < order_of(b); });
    return sections;
  }

  // What count_whole() counted since the last report, as of the key that is all zeros. It is never set back, so that
  // nothing is lost.
  Status add_whole(std::vector<Section>& sections, size_t key_size) {
    Result<std::string> whole =
        context_.source.lookup("sonde_whole_" + histogram_.map, std::string_view("\0\0\0\0", 4));
    if (!whole || whole->size() != sizeof(Counted)) return {};  // of a tool that somebody compiled with an older tool.h
    Section section{std::string(key_size, '\0'), {}};
    std::memcpy(&section.counted, whole->data(), sizeof(Counted));
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
    const auto& fields = context_.spec().types[key_].fields;
    size_t size = fields.empty() ? 0 : std::min<size_t>(context_.spec().types[fields[0].type].size, 8);
    return {unsigned_at(section.key, size), section.key};
  }

  // "pid = 181", or nothing where there is one histogram of all.
  std::string heading(const Section& section) const {
    std::string text;
    for (const ColumnField& column : columns_of(context_.spec(), key_)) {
      if (!context_.settings.hold(column.style.conditions)) continue;
      size_t at = column.field.offset_bits / 8;
      std::string_view bytes = std::string_view(section.key).substr(at, context_.spec().types[column.field.type].size);
      std::string value = text_of({context_.spec(), column.field.type, bytes, column.style, context_.formats});
      text += text.empty() || column.style.title.empty() ? "" : " ";
      text += column.style.title == " " ? value : fmt::format("{} = {}", column.style.title, value);
    }
    return text;
  }

  bool shows_average() const {
    return !histogram_.average_option.empty() && context_.settings.on(histogram_.average_option);
  }

  std::string bucket_text(size_t slot) const {
    Bucket bucket = style_.bucket(slot);
    return bucket.low == bucket.high ? fmt::format("{}", bucket.low) : fmt::format("{} -> {}", bucket.low, bucket.high);
  }

  void remember(const std::vector<Section>& sections) {
    std::vector<uint64_t>& sums = over_time_.emplace_back(kSlots, 0);
    for (const Section& section : sections) {
      for (size_t slot = 0; slot < kSlots; ++slot) sums[slot] += section.counted.slots[slot];
    }
    times_.push_back(context_.formats.now_clock());
  }

  RunContext& context_;
  const Histogram& histogram_;
  Columns columns_;
  spec::TypeId key_ = 0;
  Counted reported_{};  // of what count_whole() counts
  Style style_;
  std::vector<std::vector<uint64_t>> over_time_;
  std::vector<std::string> times_;
};

}  // namespace

std::unique_ptr<View> make_histogram(RunContext& context, const Histogram& histogram) {
  return std::make_unique<HistogramView>(context, histogram);
}

}  // namespace sonde::tool
