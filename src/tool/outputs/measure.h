// The numbers in a record, for outputs that add up or plot: each with its unit and with what it is a number of.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sonde::tool {

struct MeasuredBucket {
  double most = 0;  // the largest value that belongs to it; infinity in the last of all
  uint64_t count = 0;
};

struct Measure {
  enum class Kind {
    kCount,  // `value` more of them since the last record with these labels
    kValue,  // one value that was measured: outputs keep its distribution
    kNow,    // `value` holds until the next report, or the next record with these labels
    // `buckets` more values since the last record with these labels; `value` is their sum, NaN where that is unknown
    kBuckets,
  };
  Kind kind = Kind::kCount;
  std::string name;                                         // of the view, or of the column: "latency"
  std::string unit;                                         // "seconds", "bytes"; empty: a number of things
  std::string help;                                         // one sentence
  std::vector<std::pair<std::string, std::string>> labels;  // texts may hold any bytes
  double value = 0;
  std::vector<MeasuredBucket> buckets;  // ascending
};

}  // namespace sonde::tool
