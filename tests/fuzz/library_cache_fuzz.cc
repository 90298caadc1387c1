// The loader's cache: /etc/ld.so.cache of whatever container is looked into.
// Of: symbols/library_cache.cc
#include "input.h"
#include "symbols/library_cache.h"

using namespace sonde;

FUZZ(input) {
  auto libraries = symbols::parse_library_cache(input);
  if (!libraries) return;
  size_t length = 0;
  for (const symbols::CachedLibrary& each : *libraries)
    length += each.name.size() + each.path.size() + symbols::is_native(each);
  fuzz::use(length);
}
