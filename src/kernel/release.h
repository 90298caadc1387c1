// Which kernel is running: its release, its version, its tick.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::kernel {

// A kernel version as one number that compares: major, minor and patch, as in LINUX_VERSION_CODE.
constexpr uint32_t version_code(uint32_t major, uint32_t minor, uint32_t patch = 0) {
  return (major << 16) | (minor << 8) | (patch > 255 ? 255 : patch);
}

// "6.1.0-18-amd64" -> version_code(6, 1, 0); 0 when it is not a version.
uint32_t parse_version(std::string_view release);

std::string running_release();  // uname -r
uint32_t running_version();

// CONFIG_HZ of the running kernel, of which its clocks of ticks tell; 0: they do not.
uint32_t ticks_per_second();

}  // namespace sonde::kernel
