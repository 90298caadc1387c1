// The entries of a map, "key -> value", as they are at each report: nothing is removed.
#include <linux/bpf.h>
#include <algorithm>
#include <cstdio>
#include <limits>

#include <fmt/format.h>

#include "tool/formats/value_json.h"
#include "tool/text/value_text.h"
#include "tool/views/map_label.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

using nlohmann::ordered_json;

bool is_array(const spec::Map& map) { return map.type == BPF_MAP_TYPE_ARRAY || map.type == BPF_MAP_TYPE_PERCPU_ARRAY; }

bool is_zero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

std::string text_of(const spec::Spec& spec, std::optional<spec::TypeId> type, std::string_view bytes) {
  return type ? value_text(spec, *type, bytes) : hex_text(bytes);
}

nlohmann::json json_of(const spec::Spec& spec, std::optional<spec::TypeId> type, std::string_view bytes) {
  return type ? value_json(spec, *type, bytes) : nlohmann::json(hex_text(bytes));
}

struct MapEntry {
  std::string_view key;
  std::vector<std::string_view> values;  // of each CPU where each has its own, else one
  std::optional<int64_t> sum;            // of integers, over all CPUs; unsigned ones wrap around
};

// How the entries of one map are shown.
class EntryFormat {
 public:
  EntryFormat(const spec::Spec& spec, const spec::Map& map) : spec_(spec), map_(map) {
    if (!map.value) return;
    const spec::Type& type = spec.types[*map.value];
    is_integer_ = type.kind == spec::TypeKind::kInt && type.size <= 8;
    is_signed_ = is_integer_ && type.is_signed;
  }

  MapEntry entry(const Elements& elements, size_t i) const {
    MapEntry entry{elements.key(i), elements.values_of_cpus(i), {}};
    if (!is_integer_) return entry;
    uint64_t sum = 0;
    for (std::string_view value : entry.values)
      sum +=
          is_signed_ ? static_cast<uint64_t>(signed_at(value, map_.value_size)) : unsigned_at(value, map_.value_size);
    entry.sum = static_cast<int64_t>(sum);
    return entry;
  }

  bool is_before(const MapEntry& a, const MapEntry& b) const {
    if (a.sum && *a.sum != *b.sum)
      return is_signed_ ? *a.sum < *b.sum : static_cast<uint64_t>(*a.sum) < static_cast<uint64_t>(*b.sum);
    if (!a.sum && map_.value && a.values != b.values) return a.values < b.values;
    return a.key < b.key;
  }

  std::string key_text(const MapEntry& entry) const { return text_of(spec_, map_.key, entry.key); }
  nlohmann::json key_json(const MapEntry& entry) const { return json_of(spec_, map_.key, entry.key); }

  // What is not an integer is one value for each CPU, without those that are zero.
  std::string value_text(const MapEntry& entry) const {
    if (entry.values.size() == 1) return text_of(spec_, map_.value, entry.values[0]);
    if (entry.sum) return number_json(entry).dump();
    std::string text;
    for (size_t cpu = 0; cpu < entry.values.size(); ++cpu) {
      if (is_zero(entry.values[cpu])) continue;
      text += fmt::format("{}cpu{}: {}", text.empty() ? "" : ", ", cpu, text_of(spec_, map_.value, entry.values[cpu]));
    }
    return text;
  }

  nlohmann::json value_json(const MapEntry& entry) const {
    if (entry.sum) return number_json(entry);
    if (entry.values.size() == 1) return json_of(spec_, map_.value, entry.values[0]);
    nlohmann::json list = nlohmann::json::array();
    for (std::string_view value : entry.values) list.push_back(json_of(spec_, map_.value, value));
    return list;
  }

  // Numbers alone are measured: the value, or those among the members of a record.
  std::vector<Measure> measures(const MapEntry& entry) const {
    std::vector<Measure> measures;
    auto add = [&](const std::string& name, const nlohmann::json& value) {
      if (value.is_number() && !value.is_number_float())
        measures.push_back({.kind = Measure::Kind::kNow,
                            .name = name,
                            .help = fmt::format("Map {}.", map_.name),
                            .labels = labels(entry),
                            .value = value.get<double>()});
    };
    nlohmann::json value = value_json(entry);
    add(map_.name, value);
    if (!value.is_object()) return measures;
    for (const auto& [name, member] : value.items()) add(map_.name + "_" + name, member);
    return measures;
  }

 private:
  nlohmann::json number_json(const MapEntry& entry) const {
    return is_signed_ ? nlohmann::json(*entry.sum) : nlohmann::json(static_cast<uint64_t>(*entry.sum));
  }

  std::vector<std::pair<std::string, std::string>> labels(const MapEntry& entry) const {
    nlohmann::json key = key_json(entry);
    if (!key.is_object()) return {{"key", cell_of(key)}};
    std::vector<std::pair<std::string, std::string>> labels;
    for (const auto& [name, member] : key.items()) labels.emplace_back(name, cell_of(member));
    return labels;
  }

  const spec::Spec& spec_;
  const spec::Map& map_;
  bool is_integer_ = false, is_signed_ = false;
};

class EntryRecord : public Record {
 public:
  EntryRecord(const EntryFormat& format, const MapEntry& entry, size_t key_width)
      : format_(format), entry_(entry), key_width_(key_width) {}

  std::string text() const override {
    return fmt::format("  {:<{}} -> {}", format_.key_text(entry_), key_width_, format_.value_text(entry_));
  }
  ordered_json json() const override {
    return {{"key", format_.key_json(entry_)}, {"value", format_.value_json(entry_)}};
  }
  std::vector<Cells> rows() const override {
    return {{cell_of(format_.key_json(entry_)), cell_of(format_.value_json(entry_))}};
  }
  std::vector<Measure> measures() const override { return format_.measures(entry_); }

 private:
  const EntryFormat& format_;
  const MapEntry& entry_;
  size_t key_width_;
};

class EntriesView : public View {
 public:
  EntriesView(RunContext& context, const Table& table)
      : context_(context), table_(table), label_(context.tool, table.map) {}

  Status open() override {
    ASSIGN_OR_RETURN(map_, context_.source.map(table_.map));
    return {};
  }

  void begin() override { label_.begin(context_.sink, {"key", "value"}); }

  Status report(const Report&) override {
    Result<Elements> elements = context_.source.elements(table_.map);
    if (!elements) return context_.warn(fmt::format("map {}", safe_text(table_.map)), elements.error()), Status{};
    EntryFormat format(context_.spec(), *map_);
    std::vector<MapEntry> entries = shown(*elements, format);
    if (entries.empty()) return {};
    size_t width = 0;
    for (const MapEntry& entry : entries) width = std::max(width, format.key_text(entry).size());
    context_.sink.line(fmt::format("\n{}:", safe_text(table_.map)));
    for (const MapEntry& entry : entries) label_.put(context_.sink, EntryRecord(format, entry, width));
    return {};
  }

 private:
  // Of an array only what is not zero, by its index; else the largest last.
  std::vector<MapEntry> shown(const Elements& elements, const EntryFormat& format) const {
    std::vector<MapEntry> entries;
    for (size_t i = 0; i < elements.count; ++i) {
      if (!is_array(*map_) || !is_zero(elements.all_values(i))) entries.push_back(format.entry(elements, i));
    }
    auto before = [&](const MapEntry& a, const MapEntry& b) { return format.is_before(a, b); };
    if (!is_array(*map_)) std::sort(entries.begin(), entries.end(), before);
    return entries;
  }

  RunContext& context_;
  const Table& table_;
  MapLabel label_;
  const spec::Map* map_ = nullptr;
};

}  // namespace

std::unique_ptr<View> make_entries(RunContext& context, const Table& table) {
  return std::make_unique<EntriesView>(context, table);
}

}  // namespace sonde::tool
