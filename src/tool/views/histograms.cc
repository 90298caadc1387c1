// Histograms: at each report one for every key, of what came since the report before; and all of them over time as a
// heat map.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/output_file.h"
#include "tool/formats/layout.h"
#include "tool/formats/value_json.h"
#include "tool/outputs/heat_map.h"
#include "tool/outputs/histogram_text.h"
#include "tool/text/value_text.h"
#include "tool/views/columns.h"
#include "tool/views/map_label.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

constexpr size_t kSlots = SONDE_SLOTS;
constexpr size_t kMaxSlots = 65;  // of a BPF_HISTOGRAM: bpf_log2l() of 64 bits, and 0

using Counted = layout::sonde_histogram;

struct Section {
  std::string key;
  std::array<uint64_t, kMaxSlots> slots{};
  std::optional<uint64_t> total;  // of the values; nullopt: only how many there were was counted
  uint64_t count = 0;

  Section() = default;
  Section(std::string section_key, const Counted& counted)
      : key(std::move(section_key)), total(counted.total), count(counted.count) {
    std::copy_n(counted.slots, kSlots, slots.begin());
  }
  bool is_drawn() const {
    return std::any_of(slots.begin() + 1, slots.end(), [](uint64_t each) { return each != 0; });
  }
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
    std::vector<uint64_t> counts(section_.slots.begin(), section_.slots.end());
    if (style_.is_linear) counts.resize(kSlots);
    std::string drawn = style_.is_linear ? linear_histogram(counts, style_.unit) : log2_histogram(counts, style_.unit);
    if (drawn.empty()) return "";
    drawn.pop_back();
    if (!heading_.empty()) drawn = "\n" + heading_ + "\n" + drawn;
    if (!style_.with_average) return drawn;
    uint64_t total = section_.total.value_or(0), average = section_.count ? total / section_.count : 0;
    return drawn + fmt::format("\n\navg = {} {}, total: {} {}, count: {}\n", average, style_.unit, total, style_.unit,
                               section_.count);
  }

  nlohmann::ordered_json json() const override {
    nlohmann::ordered_json object;
    object["time"] = time_;
    if (!style_.columns.empty()) object["section"] = style_.columns.json({section_.key});
    object["unit"] = style_.unit;
    object["count"] = section_.count;
    if (section_.total) object["total"] = *section_.total;
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
    measure.value = section_.total ? static_cast<double>(*section_.total) * unit.scale : std::nan("");
    // Durations were cut to whole units: those of the bucket 2 -> 3 were below 4.
    double rest = unit.base == std::string_view("seconds") ? 1 : 0;
    size_t last = kMaxSlots;
    while (last > 0 && section_.slots[last - 1] == 0) --last;
    for (size_t slot = 0; slot < last; ++slot) {
      Bucket bucket = style_.bucket(slot);
      bool is_open = bucket.high == UINT64_MAX;
      double most = (static_cast<double>(bucket.high) + rest) * unit.scale;
      measure.buckets.push_back({is_open ? std::numeric_limits<double>::infinity() : most, section_.slots[slot]});
    }
    return {std::move(measure)};
  }

 private:
  template <typename Use>
  void for_each_bucket(Use use) const {
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      if (section_.slots[slot]) use(style_.bucket(slot), section_.slots[slot]);
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
        label_(context.tool, histogram.map),
        style_{columns_, histogram.unit, histogram.is_linear, shows_average(), histogram.map} {
    for (const auto& [option, unit] : histogram.units) {
      if (context.settings.on(option)) style_.unit = unit;
    }
  }

  Status open() override {
    ASSIGN_OR_RETURN(const spec::Map* map, context_.source.map(histogram_.map));
    if (histogram_.is_by_slot) return open_slots(*map);
    if (!map->key || map->value_size != sizeof(Counted)) {
      return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a HISTOGRAM of tool.h", histogram_.map));
    }
    key_ = *map->key;
    columns_.add_first(key_);
    return check_heat_map();
  }

  void begin() override {
    Cells names = columns_.names();
    names.insert(names.end(), {"unit", "low", "high", "count"});
    label_.begin(context_.sink, names);
  }

  Status report(const Report&) override {
    ASSIGN_OR_RETURN(std::vector<Section> sections, histogram_.is_by_slot ? sections_of_slots() : take_sections());
    // A blank line stands before each; what has a heading begins with one.
    bool is_one = histogram_.is_by_slot && columns_.empty() && !sections.empty();
    if (is_one && sections[0].is_drawn()) context_.sink.line("");
    for (const Section& section : sections) {
      label_.put(context_.sink, HistogramRecord(style_, section, heading(section), context_.formats.now_iso()));
    }
    if (!context_.settings.heat_map.empty()) remember(sections);
    return {};
  }

  Status end() override {
    if (context_.settings.heat_map.empty()) return {};
    HeatMapLabels labels{.title = context_.tool.name, .columns = times_, .buckets = {}, .rows = {}, .unit = "events"};
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      labels.buckets.push_back(fmt::format("{} {}", bucket_text(slot), style_.unit));
      labels.rows.push_back(amount_text(style_.bucket(slot).low, style_.unit));
    }
    labels.title += ": " + style_.unit;
    return base::write_output(context_.settings.heat_map, heat_map(over_time_, labels));
  }

 private:
  Status check_heat_map() const {
    return context_.settings.heat_map.empty() ? Status{} : base::check_output(context_.settings.heat_map);
  }

  Result<std::vector<Section>> take_sections() {
    ASSIGN_OR_RETURN(Elements elements, context_.source.take_elements(histogram_.map));
    std::vector<Section> sections;
    for (size_t i = 0; i < elements.count; ++i) {
      Counted counted{};
      if (elements.value(i).size() == sizeof counted) std::memcpy(&counted, elements.value(i).data(), sizeof counted);
      sections.emplace_back(std::string(elements.key(i)), counted);
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
    Counted now;
    std::memcpy(&now, whole->data(), sizeof now);
    // Its parts are counted one after the other, `count` last: what is ahead of it is shown with it.
    if (now.count == reported_.count) return {};
    Counted since = now;
    for (size_t slot = 0; slot < kSlots; ++slot) since.slots[slot] -= reported_.slots[slot];
    since.total -= reported_.total;
    since.count -= reported_.count;
    reported_ = now;
    sections.emplace_back(std::string(key_size, '\0'), since);
    return {};
  }

  // A record as the key is what the slots are of, and a slot.
  Status open_slots(const spec::Map& map) {
    const spec::Type* key = map.key ? &context_.spec().types[*map.key] : nullptr;
    slot_ = {.type = 0, .offset_bits = 0};
    slot_size_ = std::min<size_t>(map.key_size, 8);
    if (key && key->fields.size() >= 2) {
      const spec::Field& field = key->fields[0];
      columns_.add_column({{.title = field.name, .is_plain = true}, field});
      slot_ = key->fields[1];
      slot_size_ = std::min<size_t>(context_.spec().types[slot_.type].size, 8);
    }
    return check_heat_map();
  }

  // What was counted since the last report. Nothing is removed: an array keeps its elements, and so does a map that
  // others use.
  Result<std::vector<Section>> sections_of_slots() {
    Result<Elements> elements = context_.source.elements(histogram_.map);
    if (!elements) context_.warn(fmt::format("map {}", safe_text(histogram_.map)), elements.error());
    std::map<std::string, Section> now;
    for (size_t i = 0; elements && i < elements->count; ++i) count_slot(*elements, i, now);
    std::vector<Section> sections;
    for (const auto& [name, section] : now) {
      Section since = section;
      const Section& before = slots_before_[name];
      for (size_t slot = 0; slot < kMaxSlots; ++slot) {
        bool is_the_same = section.slots[slot] >= before.slots[slot];  // else the program counts anew
        if (is_the_same) since.slots[slot] -= before.slots[slot];
        since.count += since.slots[slot];
      }
      if (since.count) sections.push_back(std::move(since));
    }
    slots_before_ = std::move(now);
    return sections;
  }

  void count_slot(const Elements& elements, size_t i, std::map<std::string, Section>& sections) const {
    std::string_view key = elements.key(i);
    uint64_t slot = unsigned_at(key.substr(std::min<size_t>(slot_.offset_bits / 8, key.size())), slot_size_);
    uint64_t count = 0;
    for (std::string_view value : elements.values_of_cpus(i)) count += unsigned_at(value, value.size());
    if (slot >= kMaxSlots || count == 0) return;
    Section& section = sections[section_order(key)];
    section.key = key;
    section.slots[slot] += count;
  }

  // By number where the section is one, else by its text.
  std::string section_order(std::string_view key) const {
    if (columns_.empty()) return "";
    nlohmann::ordered_json section = columns_.json({key});
    const nlohmann::ordered_json& value = section.begin().value();
    if (!value.is_number_unsigned()) return cell_of(value);
    return fmt::format("{:020}", value.get<uint64_t>());
  }

  // Keys are numbers, mostly: by their first, then as bytes.
  std::pair<uint64_t, std::string_view> order_of(const Section& section) const {
    const auto& fields = context_.spec().types[key_].fields;
    size_t size = fields.empty() ? 0 : std::min<size_t>(context_.spec().types[fields[0].type].size, 8);
    return {unsigned_at(section.key, size), section.key};
  }

  // "pid = 181", or nothing where there is one histogram of all.
  std::string heading(const Section& section) const {
    if (histogram_.is_by_slot && columns_.empty()) return "";
    if (histogram_.is_by_slot) {
      std::string name = columns_.names()[0];
      return fmt::format("{} = {}", safe_text(name), columns_.text(name, {section.key}));
    }
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
    std::vector<uint64_t>& sums = over_time_.emplace_back(kMaxSlots, 0);
    for (const Section& section : sections) {
      for (size_t slot = 0; slot < kMaxSlots; ++slot) sums[slot] += section.slots[slot];
    }
    times_.push_back(context_.formats.now_clock());
  }

  RunContext& context_;
  const Histogram& histogram_;
  Columns columns_;
  MapLabel label_;
  spec::TypeId key_ = 0;
  spec::Field slot_;  // of a key that has one
  size_t slot_size_ = 0;
  std::map<std::string, Section> slots_before_;  // those of the last report
  Counted reported_{};                           // of what count_whole() counts
  Style style_;
  std::vector<std::vector<uint64_t>> over_time_;
  std::vector<std::string> times_;
};

}  // namespace

std::unique_ptr<View> make_histogram(RunContext& context, const Histogram& histogram) {
  return std::make_unique<HistogramView>(context, histogram);
}

}  // namespace sonde::tool
