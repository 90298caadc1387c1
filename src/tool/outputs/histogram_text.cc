// A power-of-two histogram as text.
#include "tool/outputs/histogram_text.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace sonde::tool {

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

Bucket log2_bucket(size_t slot) {
  return {slot <= 1 ? 0 : uint64_t{1} << (slot - 1), slot >= 64 ? UINT64_MAX : (uint64_t{1} << slot) - 1};
}

std::string amount_text(uint64_t amount, std::string_view unit) {
  constexpr const char* kTimes[] = {"ns", "us", "ms", "s"};
  constexpr const char* kSizes[] = {"B", "KB", "MB", "GB", "TB"};
  size_t at = unit == "nsecs" ? 0 : unit == "usecs" ? 1 : unit == "msecs" ? 2 : 3;
  bool is_time = at < 3 || unit == "secs", is_size = unit == "bytes" || unit == "Kbytes";
  if (!is_time && !is_size) return fmt::format("{}", amount);
  if (is_size) at = unit == "Kbytes" ? 1 : 0;
  std::span<const char* const> names =
      is_time ? std::span<const char* const>(kTimes) : std::span<const char* const>(kSizes);
  double step = is_time ? 1000 : 1024, shown = static_cast<double>(amount);
  for (; shown >= step && at + 1 < names.size(); ++at) shown /= step;
  double tenths = std::round(shown * 10) / 10;
  return shown < 10 && tenths != std::floor(tenths) ? fmt::format("{:.1f} {}", tenths, names[at])
                                                    : fmt::format("{:.0f} {}", shown, names[at]);
}

std::string linear_histogram(const std::vector<uint64_t>& counts, const std::string& title) {
  size_t end = counts.size();
  while (end > 0 && counts[end - 1] == 0) --end;
  if (end == 0) return {};
  uint64_t most = *std::max_element(counts.begin(), counts.end());
  std::string text = fmt::format("     {:<13} : count     distribution\n", title);
  for (size_t i = 0; i < end; ++i)
    text += fmt::format("        {:<10} : {:<8} |{:<40}|\n", i, counts[i], stars(counts[i], most, 40));
  return text;
}

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
    auto [low, high] = log2_bucket(i);
    text += fmt::format("{:>{}} -> {:<{}} : {:<8} |{:<{}}|\n", low, number, high, number, counts[i],
                        stars(counts[i], most, bar), bar);
  }
  return text;
}

}  // namespace sonde::tool
