// How places in user programs are called, in records and by Session::detach().
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "sonde/hook.h"

namespace sonde::session {

inline std::string of_process(int pid) { return pid > 0 ? fmt::format(" pid {}", pid) : ""; }

inline std::string place_target(const std::string& binary, uint64_t offset, int pid) {
  return fmt::format("{}:{:#x}{}", binary, offset, of_process(pid));
}

// "c:malloc+0x10 pid 181", "bash:/rl_.*/", "/usr/bin/x:0x1234", "/usr/bin/x:7 places".
inline std::string target_of(const UserProbe& probe) {
  const std::string& file = probe.binary.empty() ? probe.path : probe.binary;
  if (!probe.pattern.empty()) return fmt::format("{}:/{}/{}", file, probe.pattern, of_process(probe.pid));
  if (!probe.symbol.empty()) {
    std::string offset = probe.offset == 0 ? "" : fmt::format("+{:#x}", probe.offset);
    return fmt::format("{}:{}{}{}", file, probe.symbol, offset, of_process(probe.pid));
  }
  if (probe.places.size() == 1) return place_target(file, probe.places.front().offset, probe.pid);
  return fmt::format("{}:{} places{}", file, probe.places.size(), of_process(probe.pid));
}

}  // namespace sonde::session
