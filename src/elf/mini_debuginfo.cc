#include "elf/mini_debuginfo.h"

#include <elf.h>
#include <lzma.h>

#include <algorithm>
#include <memory>

namespace sonde::elf {
namespace {

constexpr uint64_t kMaxPacked = 64u << 20;
constexpr size_t kMaxUnpacked = 128u << 20;
constexpr uint64_t kMaxDecoderMemory = 128u << 20;

Result<std::string> unpack(std::string_view packed, const std::string& name) {
  auto damaged = [&](std::string_view how) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{}: .gnu_debugdata {}", name, how));
  };
  lzma_stream stream = LZMA_STREAM_INIT;
  std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> ending(&stream, lzma_end);
  if (lzma_stream_decoder(&stream, kMaxDecoderMemory, 0) != LZMA_OK) return damaged("cannot be unpacked");
  stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  std::string bytes;
  for (lzma_ret state = LZMA_OK; state != LZMA_STREAM_END;) {
    size_t used = bytes.size() - stream.avail_out;
    if (bytes.size() >= kMaxUnpacked) return damaged("unpacks to more than 128 MiB");
    bytes.resize(std::min(std::max<size_t>(64u << 10, bytes.size() * 2), kMaxUnpacked));
    stream.next_out = reinterpret_cast<uint8_t*>(bytes.data()) + used;
    stream.avail_out = bytes.size() - used;
    state = lzma_code(&stream, LZMA_FINISH);
    if (state != LZMA_OK && state != LZMA_STREAM_END) return damaged("is no whole xz file");
  }
  bytes.resize(bytes.size() - stream.avail_out);
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace

Result<File> mini_debuginfo(const File& file) {
  const Section* section = file.section(".gnu_debugdata");
  if (!section) return base::fail(ErrorKind::kNotFound, file.name() + ": no .gnu_debugdata");
  ASSIGN_OR_RETURN(std::string packed, file.read(*section, kMaxPacked));
  ASSIGN_OR_RETURN(std::string bytes, unpack(packed, file.name()));
  return File::from_bytes(std::move(bytes), file.name() + " (.gnu_debugdata)");
}

}  // namespace sonde::elf
