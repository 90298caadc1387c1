// /proc/PID/maps, whose paths are as the process likes.
// Of: symbols/proc_maps.cc
#include <cstdlib>

#include "input.h"
#include "symbols/proc_maps.h"

using namespace sonde;

FUZZ(input) {
  symbols::Maps maps = symbols::parse_maps(input);
  uint64_t end = 0;
  for (const symbols::Mapping& each : maps.mappings) {
    if (each.start < end || each.start >= each.end || each.file >= maps.files.size())
      std::abort();  // what the header promises
    if (symbols::find_mapping(maps.mappings, each.start) != &each) std::abort();
    fuzz::use(symbols::find_mapping(maps.mappings, each.end));
    end = each.end;
  }
}
