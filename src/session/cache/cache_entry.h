// A finished object as a file of the cache: what was asked for, what it depended on, what came out, and a checksum.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/cache/dependency.h"
#include "session/cache/sha256.h"

namespace sonde::session {

struct CacheEntry {
  std::string object;
  std::string diagnostics;
  std::vector<Dependency> dependencies;
};

std::string encode(const CacheEntry& entry, const Digest& key);

// Nothing when the bytes are not a whole entry of this key and version.
std::optional<CacheEntry> decode(std::string_view bytes, const Digest& key);

}  // namespace sonde::session
