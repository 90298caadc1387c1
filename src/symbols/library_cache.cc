// Bytes in, a table out.
#include "symbols/library_cache.h"

#include <limits.h>

#include <algorithm>
#include <cstring>

namespace sonde::symbols {
namespace {

constexpr std::string_view kOldMagic = "ld.so-1.7.0";
constexpr std::string_view kNewMagic = "glibc-ld.so.cache1.1";
constexpr size_t kOldHeader = 16, kOldEntry = 12;  // magic, count; flags, name, path
constexpr size_t kNewHeader = 48, kNewEntry = 24;  // magic, count, …; flags, name, path, OS version, hwcap

template <typename T>
T number_at(std::string_view bytes, size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// How many whole entries there are, whatever the header says.
size_t entries_in(std::string_view bytes, size_t count, size_t header, size_t entry) {
  return std::min(count, (bytes.size() - header) / entry);
}

// The string at `at`, or an empty view when it does not end inside of `bytes`, or is longer than any path.
std::string_view string_at(std::string_view bytes, size_t at) {
  if (at >= bytes.size()) return {};
  std::string_view text = bytes.substr(at, PATH_MAX);
  size_t end = text.find('\0');
  return end == text.npos ? std::string_view() : text.substr(0, end);
}

void add(std::vector<CachedLibrary>& libraries, const CachedLibrary& library) {
  if (!library.name.empty() && !library.path.empty()) libraries.push_back(library);
}

std::vector<CachedLibrary> parse_new(std::string_view bytes) {
  std::vector<CachedLibrary> libraries;
  size_t count = entries_in(bytes, number_at<uint32_t>(bytes, 20), kNewHeader, kNewEntry);
  for (size_t i = 0; i < count; i++) {
    size_t at = kNewHeader + i * kNewEntry;
    add(libraries,
        {string_at(bytes, number_at<uint32_t>(bytes, at + 4)), string_at(bytes, number_at<uint32_t>(bytes, at + 8)),
         number_at<int32_t>(bytes, at), number_at<uint64_t>(bytes, at + 16)});
  }
  return libraries;
}

// Strings are counted from the end of the entries.
std::vector<CachedLibrary> parse_old(std::string_view bytes, size_t count) {
  std::vector<CachedLibrary> libraries;
  std::string_view strings = bytes.substr(kOldHeader + count * kOldEntry);
  for (size_t i = 0; i < count; i++) {
    size_t at = kOldHeader + i * kOldEntry;
    add(libraries, {string_at(strings, number_at<uint32_t>(bytes, at + 4)),
                    string_at(strings, number_at<uint32_t>(bytes, at + 8)), number_at<int32_t>(bytes, at), 0});
  }
  return libraries;
}

bool is_new(std::string_view bytes) { return bytes.size() >= kNewHeader && bytes.starts_with(kNewMagic); }

}  // namespace

Result<std::vector<CachedLibrary>> parse_library_cache(std::string_view bytes) {
  if (is_new(bytes)) return parse_new(bytes);
  if (bytes.size() < kOldHeader || !bytes.starts_with(kOldMagic)) {
    return base::fail(ErrorKind::kInvalid, "not a cache of the dynamic loader");
  }
  size_t count = entries_in(bytes, number_at<uint32_t>(bytes, 12), kOldHeader, kOldEntry);
  size_t behind = (kOldHeader + count * kOldEntry + 7) / 8 * 8;
  if (behind < bytes.size() && is_new(bytes.substr(behind))) return parse_new(bytes.substr(behind));
  return parse_old(bytes, count);
}

bool is_native(const CachedLibrary& library) {
#if defined(__x86_64__)
  return library.flags == 0x0303;
#elif defined(__aarch64__)
  return library.flags == 0x0a03;
#else
  return true;
#endif
}

}  // namespace sonde::symbols
