// /etc/ld.so.cache: the libraries that the dynamic loader knows, by name. Bytes in, a table out.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::symbols {

struct CachedLibrary {
  std::string_view name;  // "libc.so.6"
  std::string_view path;  // "/lib/x86_64-linux-gnu/libc.so.6"
  int32_t flags = 0;      // what it is for: FLAG_ELF_LIBC6 and the architecture
  uint64_t hwcap = 0;     // not 0: for some processors only
};

// Both formats: the old one of "ld.so-1.7.0", which may have the new one behind it, and "glibc-ld.so.cache1.1". The
// views point into `bytes`. Entries whose strings lie outside are left out; kInvalid for what is neither.
Result<std::vector<CachedLibrary>> parse_library_cache(std::string_view bytes);

// Made for programs of the architecture that we are built for.
bool is_native(const CachedLibrary& library);

}  // namespace sonde::symbols
