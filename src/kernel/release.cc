#include "kernel/release.h"

#include <sys/utsname.h>
#include <time.h>

#include <array>
#include <charconv>

namespace sonde::kernel {

uint32_t parse_version(std::string_view release) {
  std::array<uint32_t, 3> parts{};
  const char* at = release.data();
  const char* end = at + release.size();
  for (size_t i = 0; i < parts.size(); i++) {
    auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc()) return i >= 2 ? version_code(parts[0], parts[1]) : 0;
    at = next;
    if (at == end || *at != '.') break;
    at++;
  }
  return version_code(parts[0], parts[1], parts[2]);
}

std::string running_release() {
  struct utsname name{};
  return ::uname(&name) == 0 ? name.release : "";
}

uint32_t running_version() {
  static const uint32_t version = parse_version(running_release());
  return version;
}

// The coarse clocks go by one tick, (1e9 + HZ / 2) / HZ nanoseconds.
uint32_t ticks_per_second() {
  struct timespec tick{};
  if (::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_sec != 0 || tick.tv_nsec < 10'000) return 0;
  return static_cast<uint32_t>((1'000'000'000 + tick.tv_nsec / 2) / tick.tv_nsec);
}

}  // namespace sonde::kernel
