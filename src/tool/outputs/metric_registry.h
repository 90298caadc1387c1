// Measures added up to metrics, and their text as Prometheus reads it: OpenMetrics 1.0 or the older text format 0.0.4.
// https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tool/outputs/measure.h"

namespace sonde::tool {

// May be filled by one thread and printed by another.
class MetricRegistry {
 public:
  // Prometheus stores a series for each set of labels. After kMaxSeries sets the registry adds the values of all
  // further sets of a metric to one series whose labels are "other", so that its sum stays right.
  static constexpr size_t kMaxSeries = 5000;

  // Names begin with "sonde_TOOL_".
  explicit MetricRegistry(const std::string& tool, const std::string& summary);

  void add(const Measure& measure);
  void add_lost(std::string_view what, uint64_t count);
  // The gauges added between the two replace those of the report before: what is no longer reported is no longer there.
  // The old ones are printed until then, so that no scrape sees half a report. Counters and histograms stay.
  void begin_report();
  void end_report();
  std::string text(bool open_metrics) const;

 private:
  using Labels = std::vector<std::pair<std::string, std::string>>;
  enum class Type { kCounter, kGauge, kHistogram };
  struct Series {
    double value = 0;  // the sum, of a histogram
    uint64_t count = 0;
    std::map<double, uint64_t> buckets;  // by their upper bounds, each without those below
  };
  struct Family {
    Type type = Type::kCounter;
    std::string unit, help;
    std::map<std::string, Series> series;    // by labels as text
    std::map<std::string, Series> reported;  // the gauges of the report that has begun
  };

  static Type type_of(Measure::Kind kind);
  Family& family(Type type, const std::string& name, const std::string& unit, const std::string& help);
  // Those of these labels alone, or those that all sets of labels beyond kMaxSeries share: whether they are alone.
  static std::pair<Series&, bool> series(std::map<std::string, Series>& all, const Labels& labels);
  static void set(std::map<std::string, Series>& gauges, const Measure& measure);
  static void print(std::string& text, const std::string& name, const Family& family, bool open_metrics);

  std::string prefix_, summary_;
  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
  bool is_in_report_ = false;
};

}  // namespace sonde::tool
