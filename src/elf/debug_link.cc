#include "elf/debug_link.h"

#include <lzma.h>

#include <algorithm>
#include <cstring>

namespace sonde::elf {
namespace {

constexpr uint64_t kMaxLink = 8u << 10;  // longer than any path
constexpr uint64_t kMaxFile = 1u << 30;  // a second of reading; larger ones are found by build-id
constexpr uint64_t kBlock = 1u << 20;

std::string link_bytes(const File& file, std::string_view name) {
  const Section* section = file.section(name);
  return section ? file.read(*section, kMaxLink).value_or("") : "";
}

}  // namespace

std::optional<DebugLink> debug_link(const File& file) {
  std::string bytes = link_bytes(file, ".gnu_debuglink");
  size_t length = std::min(bytes.find('\0'), bytes.size());
  // A name, a NUL, up to three more to a multiple of four, and the checksum.
  size_t crc_at = (length + 4) / 4 * 4;
  DebugLink link{bytes.substr(0, length), 0};
  if (length == 0 || bytes.size() < crc_at + sizeof link.crc || link.file_name.find('/') != std::string::npos)
    return std::nullopt;
  std::memcpy(&link.crc, bytes.data() + crc_at, sizeof link.crc);
  return link;
}

std::optional<DebugAltLink> debug_alt_link(const File& file) {
  std::string bytes = link_bytes(file, ".gnu_debugaltlink");
  size_t length = bytes.find('\0');
  if (length == 0 || length == std::string::npos || length + 1 == bytes.size()) return std::nullopt;
  return DebugAltLink{bytes.substr(0, length), bytes.substr(length + 1)};
}

Result<uint32_t> crc_of(const File& file) {
  if (file.size() > kMaxFile) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{}: too long for a checksum, {} bytes", file.name(), file.size()));
  }
  uint32_t crc = 0;
  for (uint64_t at = 0; at < file.size(); at += kBlock) {
    ASSIGN_OR_RETURN(std::string block, file.read(at, std::min(kBlock, file.size() - at)));
    crc = lzma_crc32(reinterpret_cast<const uint8_t*>(block.data()), block.size(), crc);
  }
  return crc;
}

std::string build_id_path(const std::string& build_id) {
  std::string path;
  for (size_t i = 0; i < build_id.size(); i++) {
    path += fmt::format("{}{:02x}", i == 1 ? "/" : "", static_cast<unsigned char>(build_id[i]));
  }
  return path + ".debug";
}

}  // namespace sonde::elf
