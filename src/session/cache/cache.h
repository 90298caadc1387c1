// Finished objects, kept between runs in a directory that only its owner can write. Whatever is wrong with the
// directory or an entry, it is as if it were not there: a cache never makes a compilation fail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "session/cache/cache_entry.h"

namespace sonde::session {

inline constexpr uint64_t kCacheLimit = 256ull << 20;  // bytes, of all entries together
inline constexpr uint64_t kMaxCacheEntry = 32ull << 20;

// SONDE_CACHE_DIR; else /var/cache/sonde for root, $XDG_CACHE_HOME/sonde or ~/.cache/sonde for others. Empty: no cache,
// because SONDE_CACHE=off or there is no home.
std::string cache_directory();

class Cache {
 public:
  // Makes the directory when it is missing. kPermission when someone else could write it.
  static Result<Cache> open(const std::string& directory, uint64_t limit = kCacheLimit);

  // The entry, if there is one and everything it depended on is as it was.
  std::optional<CacheEntry> find(const Digest& key) const;

  // Appears whole or not at all; leaves nothing behind when it fails.
  Status store(const Digest& key, const CacheEntry& entry);

  // Removes the oldest entries until three quarters of the limit are left, when there is more than the limit, and what
  // killed writers left. `store` does this now and then.
  void trim();

 private:
  Cache(base::Fd directory, uint64_t limit) : directory_(std::move(directory)), limit_(limit) {}
  Status write_file(const std::string& name, const std::string& bytes);
  base::Fd directory_;
  uint64_t limit_;
};

}  // namespace sonde::session
