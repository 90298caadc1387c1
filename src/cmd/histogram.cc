// A power-of-two histogram as text.
#include "cmd/histogram.h"

#include <algorithm>

#include <fmt/format.h>

namespace sonde::cmd {

namespace {

constexpr size_t kNarrowSlots = 32;  // the last slot whose bounds fit ten digits

// The fewest stars that are more than one less than the bar's exact length.
std::string stars(uint64_t count, uint64_t most, int width) {
  double exact = static_cast<double>(count) * width / static_cast<double>(most);
  int length = 0;
  while (length < width && length <= exact - 1) ++length;
  return std::string(static_cast<size_t>(length), '*');
}

}  // namespace

std::string log2_histogram(const std::vector<uint64_t>& counts, const std::string& title) {
  size_t last = 0;
  uint64_t most = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i]) last = i;
    most = std::max(most, counts[i]);
  }
  if (last == 0) return {};
  bool wide = last > kNarrowSlots;
  int number = wide ? 20 : 10;
  int bar = wide ? 20 : 40;
  std::string text = fmt::format("{:{}}{:<{}} : count     distribution\n", "", wide ? 15 : 5, title, wide ? 29 : 19);
  for (size_t i = 1; i <= last; ++i) {
    uint64_t low = i == 1 ? 0 : uint64_t{1} << (i - 1);
    uint64_t high = i >= 64 ? UINT64_MAX : (uint64_t{1} << i) - 1;
    text += fmt::format("{:>{}} -> {:<{}} : {:<8} |{:<{}}|\n", low, number, high, number, counts[i], stars(counts[i], most, bar), bar);
  }
  return text;
}

}  // namespace sonde::cmd
