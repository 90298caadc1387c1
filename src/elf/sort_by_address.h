// Rows by ascending `address`, faster than comparing them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace sonde::elf {

// Stable: rows of one address keep their order. Sorts byte by byte, without those bytes in which no two addresses
// differ: of a library's addresses three do.
template <typename Row>
void sort_by_address(std::vector<Row>& rows) {
  if (std::is_sorted(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.address < b.address; }))
    return;
  uint64_t differing = 0;
  for (const Row& each : rows) differing |= each.address ^ rows[0].address;
  std::vector<Row> sorted(rows.size());
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if ((differing >> shift & 0xff) == 0) continue;
    std::array<size_t, 256> starts{};
    for (const Row& each : rows) starts[each.address >> shift & 0xff]++;
    for (size_t sum = 0; size_t& each : starts) sum += std::exchange(each, sum);
    for (const Row& each : rows) sorted[starts[each.address >> shift & 0xff]++] = each;
    rows.swap(sorted);
  }
}

}  // namespace sonde::elf
