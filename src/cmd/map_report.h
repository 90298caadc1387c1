// The entries of a map as text: "key -> value" sorted by value, or a histogram.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sonde/session.h"
#include "spec/spec.h"

namespace sonde::cmd {

struct MapEntry {
  std::string key;
  std::string value;  // per-CPU maps: all CPUs' values, each rounded up to 8 bytes
};

// Whether the entries of such a map mean something to a reader: not those of buffers, stack traces and program arrays.
bool is_reported(const spec::Map& map);

// Everything in the map; of arrays only what is not zero.
Result<std::vector<MapEntry>> read_entries(const Map& map);

// Empty when there is nothing to tell. Lines end with a newline.
std::string map_report(const spec::Spec& spec, const spec::Map& map, std::vector<MapEntry> entries);

}  // namespace sonde::cmd
