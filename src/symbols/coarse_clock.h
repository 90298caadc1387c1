// Coarse monotonic clock for rate limits; read on every lookup, so it must be cheap.
#pragma once

#include <time.h>

#include <cstdint>

namespace sonde::symbols {

inline int64_t milliseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

inline int64_t coarse_ms() { return milliseconds(CLOCK_MONOTONIC_COARSE); }
inline int64_t exact_ms() { return milliseconds(CLOCK_MONOTONIC); }

}  // namespace sonde::symbols
