// Which kernel is running: its release and version.
#include "kernel/release.h"

#include <sys/utsname.h>

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
  struct utsname name {};
  return ::uname(&name) == 0 ? name.release : "";
}

uint32_t running_version() {
  static const uint32_t version = parse_version(running_release());
  return version;
}

}  // namespace sonde::kernel
