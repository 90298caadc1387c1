#include "tool/outputs/metric_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace sonde::tool {
namespace {

using testing::HasSubstr;

Measure count_of(const std::string& comm, double value = 1) {
  return {.name = "events", .help = "Rows.", .labels = {{"comm", comm}}, .value = value};
}

TEST(MetricRegistry, CountsAreAddedUp) {
  MetricRegistry registry("opensnoop", "Trace opens.");
  registry.add(count_of("sh"));
  registry.add(count_of("cat", 2));
  registry.add(count_of("sh", 22));
  EXPECT_EQ(registry.text(true),
            "# HELP sonde_opensnoop_events Trace opens. Rows.\n"
            "# TYPE sonde_opensnoop_events counter\n"
            "sonde_opensnoop_events_total{comm=\"cat\"} 2\n"
            "sonde_opensnoop_events_total{comm=\"sh\"} 23\n"
            "# EOF\n");
  EXPECT_THAT(registry.text(false), HasSubstr("# TYPE sonde_opensnoop_events_total counter\n"));
}

TEST(MetricRegistry, ValuesAreADistribution) {
  MetricRegistry registry("slow", "Trace slow files.");
  for (double seconds : {1e-6, 3e-6, 3e-6, 100.0}) {
    registry.add({.kind = Measure::Kind::kValue, .name = "latency", .unit = "seconds", .value = seconds});
  }
  EXPECT_EQ(registry.text(true),
            "# HELP sonde_slow_latency_seconds Trace slow files. \n"
            "# TYPE sonde_slow_latency_seconds histogram\n"
            "# UNIT sonde_slow_latency_seconds seconds\n"
            "sonde_slow_latency_seconds_bucket{le=\"1e-06\"} 1\n"
            "sonde_slow_latency_seconds_bucket{le=\"4e-06\"} 3\n"
            "sonde_slow_latency_seconds_bucket{le=\"+Inf\"} 4\n"
            "sonde_slow_latency_seconds_sum 100.000007\n"
            "sonde_slow_latency_seconds_count 4\n"
            "# EOF\n");
}

TEST(MetricRegistry, BucketsAreCumulative) {
  MetricRegistry registry("biolatency", "");
  for (int i = 0; i < 2; ++i) {
    registry.add({.kind = Measure::Kind::kBuckets,
                  .name = "dist",
                  .unit = "seconds",
                  .value = 0.5,
                  .buckets = {{0.25, 3}, {1, 1}, {std::numeric_limits<double>::infinity(), 1}}});
  }
  std::string text = registry.text(false);
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.25\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"1\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"+Inf\"} 10\n"));
  EXPECT_THAT(text, HasSubstr("_sum 1\n"));
  EXPECT_THAT(text, HasSubstr("_count 10\n"));
}

TEST(MetricRegistry, HostileNamesStayInTheirQuotes) {
  MetricRegistry registry("x", "a\nb \\ c");
  registry.add(count_of("\"} 1\n\\\xff"));
  std::string text = registry.text(true);
  EXPECT_THAT(text, HasSubstr("{comm=\"\\\"} 1\\n\\\\\xef\xbf\xbd\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# HELP sonde_x_events a\\nb \\\\ c Rows.\n"));
}

TEST(MetricRegistry, TooManySeriesAreOneThatCountsTheRest) {
  MetricRegistry registry("x", "");
  for (size_t i = 0; i < MetricRegistry::kMaxSeries + 7; ++i) registry.add(count_of(std::to_string(i)));
  EXPECT_THAT(registry.text(true), HasSubstr("sonde_x_events_total{comm=\"other\"} 7\n"));
}

Measure gauge_of(const std::string& pid, double value) {
  return {.kind = Measure::Kind::kNow, .name = "open", .help = "Map open.", .labels = {{"pid", pid}}, .value = value};
}

void report(MetricRegistry& registry, const std::vector<Measure>& measures) {
  registry.begin_report();
  for (const Measure& each : measures) registry.add(each);
  registry.end_report();
}

TEST(MetricRegistry, GaugesAreThoseOfTheLastReportAndCountersStay) {
  MetricRegistry registry("x", "");
  report(registry, {gauge_of("1", 5), gauge_of("2", 6), count_of("sh", 23)});
  report(registry, {gauge_of("2", 7), gauge_of("3", 8)});
  EXPECT_EQ(registry.text(true),
            "# HELP sonde_x_events  Rows.\n# TYPE sonde_x_events counter\n"
            "sonde_x_events_total{comm=\"sh\"} 23\n"
            "# HELP sonde_x_open  Map open.\n# TYPE sonde_x_open gauge\n"
            "sonde_x_open{pid=\"2\"} 7\nsonde_x_open{pid=\"3\"} 8\n# EOF\n");
  report(registry, {});
  EXPECT_THAT(registry.text(true), testing::Not(HasSubstr("sonde_x_open")));
}

TEST(MetricRegistry, AScrapeDuringAReportSeesTheOneBefore) {
  MetricRegistry registry("x", "");
  report(registry, {gauge_of("1", 5), gauge_of("2", 6)});
  registry.begin_report();
  registry.add(gauge_of("1", 7));
  EXPECT_THAT(registry.text(true), HasSubstr("sonde_x_open{pid=\"1\"} 5\nsonde_x_open{pid=\"2\"} 6\n"));
}

TEST(MetricRegistry, GaugesOfEachReportHaveRoomForAllTheirSeries) {
  MetricRegistry registry("x", "");
  for (size_t first : {size_t{0}, MetricRegistry::kMaxSeries}) {
    std::vector<Measure> all;
    for (size_t i = 0; i < MetricRegistry::kMaxSeries + 7; ++i) all.push_back(gauge_of(std::to_string(first + i), 2));
    report(registry, all);
  }
  std::string text = registry.text(true);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), MetricRegistry::kMaxSeries + 1 + 3);
  EXPECT_THAT(text, HasSubstr("sonde_x_open{pid=\"other\"} 14\n"));  // 7 times 2
}

TEST(MetricRegistry, LossesAreCounted) {
  MetricRegistry registry("x", "");
  registry.add_lost("events were lost", 3);
  registry.add_lost("events were lost", 4);
  EXPECT_THAT(registry.text(true), HasSubstr("sonde_x_lost_total{what=\"events were lost\"} 7\n"));
}

}  // namespace
}  // namespace sonde::tool
