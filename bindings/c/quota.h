// How many probes this process has open through libbcc's interface, and may have.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace sonde::c {

inline constexpr int64_t kDefaultProbeLimit = 1000;

int64_t open_probes();
void add_open_probes(int64_t count);

// BCC_PROBE_LIMIT of the environment, if that is a number.
int64_t probe_limit();

// Fails when `count` more would be too many.
Status check_probe_limit(int64_t count);

}  // namespace sonde::c
