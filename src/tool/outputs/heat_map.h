// Histograms over time as a heat map: one SVG file, a column an interval, a row a bucket, the darker the more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sonde::tool {

struct HeatMapLabels {
  std::string title;
  std::vector<std::string> columns;  // what each interval is called: "12:00:01"
  std::vector<std::string> buckets;  // lowest first, in full: "1024 -> 2047 usecs"
  std::vector<std::string> rows;     // beside the rows, in short: "1 ms"; empty: as the buckets
  std::string unit = "events";       // of the counts
};

// counts[i][k]: of interval i, in bucket k; what is missing at the end counts as 0. Rows below the first and above the
// last bucket that ever held anything are left out.
// Beside the title stands a scale of the shades.
std::string heat_map(std::span<const std::vector<uint64_t>> counts, const HeatMapLabels& labels);

}  // namespace sonde::tool
