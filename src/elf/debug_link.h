// Where a stripped file says that its debug information is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "elf/file.h"

namespace sonde::elf {

struct DebugLink {  // .gnu_debuglink
  std::string file_name;
  uint32_t crc = 0;
};
std::optional<DebugLink> debug_link(const File& file);

struct DebugAltLink {  // .gnu_debugaltlink, made by dwz(1)
  std::string path;
  std::string build_id;  // bytes
};
std::optional<DebugAltLink> debug_alt_link(const File& file);

// The checksum that a debug link means: CRC-32 of the whole file.
Result<uint32_t> crc_of(const File& file);

// "ab/cdef….debug", as it lies under /usr/lib/debug/.build-id.
std::string build_id_path(const std::string& build_id);

}  // namespace sonde::elf
