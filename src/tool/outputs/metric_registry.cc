#include "tool/outputs/metric_registry.h"

#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "tool/text/utf8.h"

namespace sonde::tool {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kOther = "other";  // the value of all labels of the series that takes what is too many

// Of metrics and labels: [a-zA-Z_][a-zA-Z0-9_]*.
std::string valid_name(std::string_view name) {
  std::string valid;
  for (char c : name) valid += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return valid.empty() || std::isdigit(static_cast<unsigned char>(valid[0])) ? "_" + valid : valid;
}

std::string escaped(std::string_view bytes, bool quotes) {
  std::string text;
  for (char c : replaced_utf8(bytes)) {
    if (c == '\\') text += "\\\\";
    else if (c == '\n') text += "\\n";
    else if (c == '"' && quotes) text += "\\\"";
    else text += c;
  }
  return text;
}

// `a="b",c="d"`. A label that is there twice would make the whole page invalid.
std::string labels_text(const std::vector<std::pair<std::string, std::string>>& labels, const char* value = nullptr) {
  std::string text;
  std::map<std::string, bool> seen;
  for (const auto& [name, known] : labels) {
    std::string valid = valid_name(name);
    if (!seen.try_emplace(valid, true).second) continue;
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", valid, escaped(value ? value : known, true));
  }
  return text;
}

std::string in_braces(const std::string& labels, const std::string& more = {}) {
  std::string all = labels + (labels.empty() || more.empty() ? "" : ",") + more;
  return all.empty() ? all : "{" + all + "}";
}

std::string number(double value) { return std::isinf(value) ? "+Inf" : fmt::format("{:.15g}", value); }

// The bounds of a distribution that is kept here: powers of 4, from a microsecond to a minute, or from a byte to a
// terabyte.
double bound_above(double value, std::string_view unit) {
  double bound = unit == "seconds" ? 1e-6 : 1, last = unit == "seconds" ? 64 : 1e12;
  while (bound < value && bound < last) bound *= 4;
  return bound < value ? kInfinity : bound;
}

}  // namespace

MetricRegistry::MetricRegistry(const std::string& tool, const std::string& summary)
    : prefix_("sonde_" + valid_name(tool) + "_"), summary_(summary) {}

MetricRegistry::Type MetricRegistry::type_of(Measure::Kind kind) {
  if (kind == Measure::Kind::kCount) return Type::kCounter;
  return kind == Measure::Kind::kNow ? Type::kGauge : Type::kHistogram;
}

MetricRegistry::Family& MetricRegistry::family(Type type, const std::string& name, const std::string& unit,
                                               const std::string& help) {
  std::string full = prefix_ + valid_name(name);
  if (!unit.empty() && !full.ends_with("_" + unit)) full += "_" + unit;
  auto [found, is_new] = families_.try_emplace(full);
  if (is_new) found->second = {type, unit, fmt::format("{} {}", summary_, help), {}, {}};
  return found->second;
}

std::pair<MetricRegistry::Series&, bool> MetricRegistry::series(std::map<std::string, Series>& all,
                                                                const Labels& labels) {
  std::string text = labels_text(labels);
  auto found = all.find(text);
  if (found != all.end()) return {found->second, true};
  bool is_own = all.size() < kMaxSeries;
  return {all[is_own ? text : labels_text(labels, kOther)], is_own};
}

void MetricRegistry::set(std::map<std::string, Series>& gauges, const Measure& measure) {
  auto [one, is_own] = series(gauges, measure.labels);
  one.value = is_own ? measure.value : one.value + measure.value;
}

void MetricRegistry::add(const Measure& measure) {
  std::lock_guard lock(mutex_);
  Type type = type_of(measure.kind);
  Family& into = family(type, measure.name, measure.unit, measure.help);
  bool has_value = !std::isnan(measure.value);
  if (into.type != type || (!has_value && measure.kind != Measure::Kind::kBuckets)) return;
  if (type == Type::kGauge) return set(is_in_report_ ? into.reported : into.series, measure);
  Series& one = series(into.series, measure.labels).first;
  one.value += measure.value;
  if (measure.kind == Measure::Kind::kValue) {
    ++one.count;
    ++one.buckets[bound_above(measure.value, measure.unit)];
  }
  for (const MeasuredBucket& bucket : measure.buckets) {
    one.count += bucket.count;
    one.buckets[bucket.most] += bucket.count;
  }
}

void MetricRegistry::add_lost(std::string_view what, uint64_t count) {
  std::lock_guard lock(mutex_);
  Family& losses = family(Type::kCounter, "lost", "", "What the tool did not see.");
  series(losses.series, {{"what", std::string(what)}}).first.value += static_cast<double>(count);
}

void MetricRegistry::begin_report() {
  std::lock_guard lock(mutex_);
  is_in_report_ = true;
}

void MetricRegistry::end_report() {
  std::lock_guard lock(mutex_);
  is_in_report_ = false;
  for (auto& [name, family] : families_) {
    if (family.type == Type::kGauge) family.series = std::exchange(family.reported, {});
  }
}

void MetricRegistry::print(std::string& text, const std::string& name, const Family& family, bool open_metrics) {
  if (family.series.empty()) return;
  bool is_counter = family.type == Type::kCounter;
  // The older format knows a counter by the name of its sample.
  std::string known = name + (is_counter && !open_metrics ? "_total" : "");
  text += fmt::format("# HELP {} {}\n", known, escaped(family.help, open_metrics));
  text += fmt::format("# TYPE {} {}\n", known,
                      is_counter                    ? "counter"
                      : family.type == Type::kGauge ? "gauge"
                                                    : "histogram");
  if (open_metrics && !family.unit.empty()) text += fmt::format("# UNIT {} {}\n", known, family.unit);
  for (const auto& [labels, series] : family.series) {
    if (family.type != Type::kHistogram) {
      text += fmt::format("{}{}{} {}\n", name, is_counter ? "_total" : "", in_braces(labels), number(series.value));
      continue;
    }
    uint64_t below = 0;
    auto put_bucket = [&](double bound) {
      text += fmt::format("{}_bucket{} {}\n", name, in_braces(labels, fmt::format("le=\"{}\"", number(bound))), below);
    };
    for (const auto& [bound, count] : series.buckets) {
      below += count;
      put_bucket(bound);
    }
    if (!series.buckets.contains(kInfinity)) put_bucket(kInfinity);
    if (!std::isnan(series.value)) text += fmt::format("{}_sum{} {}\n", name, in_braces(labels), number(series.value));
    text += fmt::format("{}_count{} {}\n", name, in_braces(labels), series.count);
  }
}

std::string MetricRegistry::text(bool open_metrics) const {
  std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) print(text, name, family, open_metrics);
  return open_metrics ? text + "# EOF\n" : text;
}

}  // namespace sonde::tool
