// Ranges of addresses, found by an address in them. They may overlap, in hostile files as they like.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sonde::dwarf {

class RangeIndex {
 public:
  // Ranges from address 0 are what linkers leave of functions that they have thrown away.
  void add(uint64_t low, uint64_t high, uint64_t value) {
    if (low != 0 && low < high) rows_.push_back({low, high, 0, value});
  }

  // To be called once, after the last add().
  void finish() {
    std::sort(rows_.begin(), rows_.end(),
              [](const Row& a, const Row& b) { return a.low != b.low ? a.low < b.low : a.high > b.high; });
    uint64_t reach = 0;
    for (Row& row : rows_) row.reach = reach = std::max(reach, row.high);
  }

  // The values of the ranges around an address, the shortest first; at most kMost of them.
  std::vector<uint64_t> around(uint64_t address) const {
    std::vector<Row> found;
    auto end = std::upper_bound(rows_.begin(), rows_.end(), address,
                                [](uint64_t wanted, const Row& row) { return wanted < row.low; });
    while (end != rows_.begin() && (--end)->reach > address && found.size() < kMost) {
      if (end->high > address) found.push_back(*end);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Row& a, const Row& b) { return a.high - a.low < b.high - b.low; });
    std::vector<uint64_t> values;
    for (const Row& row : found) values.push_back(row.value);
    return values;
  }

  template <typename Visit>
  void each(Visit visit) const {
    for (const Row& row : rows_) visit(row.low, row.high);
  }

  bool empty() const { return rows_.empty(); }

  static constexpr size_t kMost = 64;

 private:
  struct Row {
    uint64_t low, high;
    uint64_t reach;  // the highest end up to here
    uint64_t value;
  };
  std::vector<Row> rows_;
};

}  // namespace sonde::dwarf
