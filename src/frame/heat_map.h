// Histograms over time as a heat map: one SVG file, a column an interval, a row a bucket, the darker the more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sonde::frame {

struct HeatMapLabels {
  std::string title;
  std::vector<std::string> columns;  // what each interval is called: "12:00:01"
  std::vector<std::string> buckets;  // lowest first: "4 -> 7"
  std::string unit = "events";       // of the counts
};

// counts[i][k]: of interval i, in bucket k; what is missing at the end counts as 0. Rows below the first and above the last
// bucket that ever held anything are left out.
std::string heat_map(std::span<const std::vector<uint64_t>> counts, const HeatMapLabels& labels);

}  // namespace sonde::frame
