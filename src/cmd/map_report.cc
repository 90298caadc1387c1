// The entries of a map as text.
#include "cmd/map_report.h"

#include <linux/bpf.h>

#include <algorithm>
#include <map>
#include <set>

#include "tool/outputs/histogram_text.h"
#include "tool/text/value_text.h"

namespace sonde::cmd {

using namespace tool;

namespace {

constexpr size_t kMaxSlots = 65;

bool is_array(uint32_t type) { return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY; }

bool is_per_cpu(uint32_t type) {
  return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

bool all_zero(const std::string& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

bool is_integer(const spec::Spec& spec, std::optional<spec::TypeId> type) {
  if (!type) return false;
  const spec::Type& described = spec.types[*type];
  return described.kind == spec::TypeKind::kInt && described.size <= 8;
}

std::vector<std::string_view> cpu_values(const spec::Map& map, const std::string& value) {
  size_t step = is_per_cpu(map.type) ? (map.value_size + 7) / 8 * 8 : value.size();
  std::vector<std::string_view> values;
  for (size_t at = 0; step > 0 && at + map.value_size <= value.size(); at += step) {
    values.push_back(std::string_view(value).substr(at, map.value_size));
  }
  return values;
}

// A counter's value, over all CPUs.
uint64_t sum(const spec::Map& map, const std::string& value) {
  uint64_t total = 0;
  for (std::string_view each : cpu_values(map, value)) total += unsigned_at(each, map.value_size);
  return total;
}

std::string typed_text(const spec::Spec& spec, std::optional<spec::TypeId> type, std::string_view bytes) {
  return type ? value_text(spec, *type, bytes) : hex_text(bytes);
}

// An integer summed over CPUs; anything else one value a CPU, without those that are zero.
std::string entry_text(const spec::Spec& spec, const spec::Map& map, const std::string& value) {
  std::vector<std::string_view> values = cpu_values(map, value);
  if (values.size() == 1) return typed_text(spec, map.value, values[0]);
  if (is_integer(spec, map.value)) {
    uint64_t total = sum(map, value);
    return spec.types[*map.value].is_signed ? fmt::format("{}", static_cast<int64_t>(total)) : fmt::format("{}", total);
  }
  std::string text;
  for (size_t cpu = 0; cpu < values.size(); ++cpu) {
    if (all_zero(std::string(values[cpu]))) continue;
    text += fmt::format("{}cpu{}: {}", text.empty() ? "" : ", ", cpu, typed_text(spec, map.value, values[cpu]));
  }
  return text;
}

void sort_by_value(const spec::Spec& spec, const spec::Map& map, std::vector<MapEntry>& entries) {
  bool integer = is_integer(spec, map.value);
  bool is_signed = integer && spec.types[*map.value].is_signed;
  auto less = [&](const MapEntry& a, const MapEntry& b) {
    if (!integer) return a.value < b.value;
    uint64_t x = sum(map, a.value), y = sum(map, b.value);
    return is_signed && map.value_size == 8 ? static_cast<int64_t>(x) < static_cast<int64_t>(y) : x < y;
  };
  if (integer || map.value) std::stable_sort(entries.begin(), entries.end(), less);
}

std::string table(const spec::Spec& spec, const spec::Map& map, std::vector<MapEntry> entries) {
  if (!is_array(map.type)) sort_by_value(spec, map, entries);
  std::vector<std::pair<std::string, std::string>> lines;
  size_t width = 0;
  for (const MapEntry& entry : entries) {
    lines.emplace_back(typed_text(spec, map.key, entry.key), entry_text(spec, map, entry.value));
    width = std::max(width, lines.back().first.size());
  }
  std::string text = fmt::format("{}:\n", safe_text(map.name));
  for (const auto& [key, value] : lines) text += fmt::format("  {:<{}} -> {}\n", key, width, value);
  return text;
}

void count(std::vector<uint64_t>& slots, uint64_t slot, uint64_t value) {
  if (slot >= kMaxSlots) return;
  if (slots.size() <= slot) slots.resize(slot + 1);
  slots[slot] = value;
}

// A struct key is a bucket and a slot: its first two fields.
std::string bucketed_histogram(const spec::Spec& spec, const spec::Map& map, const std::vector<MapEntry>& entries) {
  const spec::Type& key = spec.types[*map.key];
  std::map<std::string, std::vector<uint64_t>> buckets;
  std::vector<std::string> order;
  for (const MapEntry& entry : entries) {
    std::string bucket = field_text(spec, key.fields[0], entry.key);
    if (!buckets.contains(bucket)) order.push_back(bucket);
    std::string_view slot = std::string_view(entry.key).substr(std::min<size_t>(key.fields[1].offset_bits / 8, entry.key.size()));
    count(buckets[bucket], unsigned_at(slot, spec.types[key.fields[1].type].size), sum(map, entry.value));
  }
  std::sort(order.begin(), order.end());
  std::string text;
  for (const std::string& bucket : order) {
    std::string histogram = log2_histogram(buckets[bucket], safe_text(map.name));
    if (!histogram.empty()) text += fmt::format("\n{} = {}\n{}", safe_text(key.fields[0].name), bucket, histogram);
  }
  return text;
}

std::string histogram(const spec::Spec& spec, const spec::Map& map, const std::vector<MapEntry>& entries) {
  if (map.key && spec.types[*map.key].fields.size() >= 2) return bucketed_histogram(spec, map, entries);
  std::vector<uint64_t> slots;
  for (const MapEntry& entry : entries) count(slots, unsigned_at(entry.key, entry.key.size()), sum(map, entry.value));
  return log2_histogram(slots, safe_text(map.name));
}

}  // namespace

bool is_reported(const spec::Map& map) {
  static const std::set<uint32_t> kReported = {BPF_MAP_TYPE_HASH,        BPF_MAP_TYPE_ARRAY,    BPF_MAP_TYPE_PERCPU_HASH,
                                               BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_LRU_PERCPU_HASH,
                                               BPF_MAP_TYPE_LPM_TRIE};
  bool of_the_loader = map.name.starts_with('.') || map.name.find(".data") != std::string::npos ||
                       map.name.find(".bss") != std::string::npos || map.name.find(".rodata") != std::string::npos;
  return kReported.contains(map.type) && !of_the_loader;
}

Result<std::vector<MapEntry>> read_entries(const Map& map) {
  std::vector<MapEntry> entries;
  std::string key(map.key_size(), '\0'), next(map.key_size(), '\0');
  bool first = true;
  // A map that changes meanwhile may start over again and again: not more steps than it has entries.
  for (uint32_t step = 0; step < map.max_entries(); ++step) {
    Status moved = map.next_key(first ? nullptr : key.data(), next.data());
    if (!moved && moved.error().kind == ErrorKind::kNotFound) break;
    RETURN_IF_ERROR(moved);
    first = false;
    key = next;
    std::string value(map.value_bytes(), '\0');
    if (!map.lookup(key.data(), value.data())) continue;  // just deleted
    if (is_array(map.type()) && all_zero(value)) continue;
    entries.push_back({key, std::move(value)});
  }
  return entries;
}

std::string map_report(const spec::Spec& spec, const spec::Map& map, std::vector<MapEntry> entries) {
  if (entries.empty()) return {};
  if (map.kind == "histogram" && is_integer(spec, map.value)) return histogram(spec, map, entries);
  return table(spec, map, std::move(entries));
}

}  // namespace sonde::cmd
